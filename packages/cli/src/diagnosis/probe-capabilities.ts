import type { StepAudio } from '@stepvoice/core/node';
import { DEFAULT_TALK_MODEL } from '../commands/default-models.ts';
import { TIMEOUTS } from './probe-service.ts';
import type { ProbeOptions } from './probe-service.ts';

export const CAPABILITY_NAMES = [
  'models',
  'files',
  'voices',
  'transcription',
  'transcription-socket',
  'realtime',
  'chat',
] as const;
export type CapabilityName = (typeof CAPABILITY_NAMES)[number];

export type CapabilityResult = {
  readonly check: CapabilityName;
  readonly ms: number;
  /** How many there are of what was listed. */
  readonly count?: number | undefined;
  /** Why it cannot be used. */
  readonly error?: unknown;
};

/** The smallest account may have five calls open at the same time. */
const CONCURRENT = 3;
/** Long enough to be taken for sound: below 0.2 s the service answers with an error. */
const SOUND_SECONDS = 0.4;
const SOUND_RATE = 16_000;
const TONE_HZ = 220;

/**
 * Asks for a little of everything else: three lists, less than half a second of sound to be heard, two sockets that are
 * closed at once, and one token of an answer.
 */
export async function probeCapabilities(options: ProbeOptions): Promise<CapabilityResult[]> {
  const { createClient, signal } = options;
  const client = createClient({ timeouts: TIMEOUTS, retry: false });
  const waiting = [...CAPABILITY_NAMES];
  const results = new Map<CapabilityName, CapabilityResult>();
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      results.set(check, await probe(check, client, options));
      signal.throwIfAborted();
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENT }, work));
  } finally {
    await client.close();
  }
  return CAPABILITY_NAMES.flatMap((check) => results.get(check) ?? []);
}

async function probe(
  check: CapabilityName,
  client: StepAudio,
  options: ProbeOptions,
): Promise<CapabilityResult> {
  const startedAt = performance.now();
  try {
    const count = await PROBES[check](client, options);
    return { check, ms: Math.round(performance.now() - startedAt), count };
  } catch (error) {
    return { check, ms: Math.round(performance.now() - startedAt), error };
  }
}

type Probe = (client: StepAudio, options: ProbeOptions) => Promise<number | undefined>;

const PROBES: Readonly<Record<CapabilityName, Probe>> = {
  async models({ models }, { signal }) {
    return (await models.list({ signal })).length;
  },
  async files({ files }, { signal }) {
    return (await files.list({ signal })).length;
  },
  async voices({ voices }, { signal }) {
    await voices.listClones({ limit: 1, signal });
    return undefined;
  },
  async transcription({ transcription }, { signal }) {
    await transcription.stream(softTone(), { signal }).text();
    return undefined;
  },
  async 'transcription-socket'({ transcription }, { signal }) {
    const socket = await transcription.connect({ signal });
    await socket.return();
    return undefined;
  },
  async realtime({ realtime }, { voice, signal }) {
    const session = await realtime.connect({ model: DEFAULT_TALK_MODEL, voice, signal });
    session.close();
    return undefined;
  },
  async chat({ chat }, { signal }) {
    await chat.create({ messages: [{ role: 'user', content: 'OK' }], maxTokens: 1, signal });
    return undefined;
  },
};

function softTone() {
  const samples = Int16Array.from({ length: SOUND_SECONDS * SOUND_RATE }, (_, index) =>
    Math.round(1000 * Math.sin((2 * Math.PI * TONE_HZ * index) / SOUND_RATE)),
  );
  return { samples, sampleRate: SOUND_RATE };
}
