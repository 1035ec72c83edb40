import { setTimeout as sleep } from 'node:timers/promises';
import { AuthenticationError, StepAudio, StepAudioError } from '@stepvoice/core/node';
import type { Fetch, SpeechSocket } from '@stepvoice/core/node';

export type ProbeOptions = {
  /** A client for the address, with the options every probe sets. */
  createClient: (options: { fetch?: Fetch; timeouts: ProbeTimeouts; retry: false }) => StepAudio;
  voice: string;
  model: string;
  signal: AbortSignal;
};

export type ProbeResult = {
  /** From the question to the answer. */
  readonly ms: number;
  /** `taken`: it would speak. `refused`: it answers, but not with this key. */
  readonly outcome: 'taken' | 'refused' | 'failed';
  /** Why it was refused or failed. */
  readonly error?: unknown;
};

export type HttpProbeResult = ProbeResult & {
  /** Whom the question went to. */
  readonly host: string | undefined;
  /** How far this computer's clock is ahead, where the answer said the time; right to a second or two. */
  readonly clockErrorSeconds: number | undefined;
};

const LIMIT_MS = 8000;
/** Of every probe. */
export const TIMEOUTS = { connectMs: LIMIT_MS, firstByteMs: LIMIT_MS };
type ProbeTimeouts = typeof TIMEOUTS;

/** No model has this name: the service looks at the key first and then refuses the model, and nothing is paid. */
const NO_MODEL = 'stepvoice-doctor';
/** A session that is refused is refused at once. */
const REFUSAL_MS = 800;

/** Asks for speech in a way that costs nothing. */
export async function probeHttp(options: ProbeOptions): Promise<HttpProbeResult> {
  let host: string | undefined;
  let clockErrorSeconds: number | undefined;
  const client = options.createClient({
    timeouts: TIMEOUTS,
    retry: false,
    fetch: async (url, init) => {
      host = new URL(url).host;
      const askedAt = Date.now();
      const answer = await fetch(url, init);
      const date = Date.parse(answer.headers.get('date') ?? '');
      // The header drops the fraction of its second.
      if (!Number.isNaN(date)) clockErrorSeconds = ((askedAt + Date.now()) / 2 - date - 500) / 1000;
      return answer;
    },
  });
  const { voice, signal } = options;
  const result = await timed(async () => {
    try {
      await client.speech.create({ text: 'OK', model: NO_MODEL, voice, signal });
    } catch (error) {
      if (!StepAudioError.isInstance(error) || error.status !== 400) throw error;
    }
  });
  signal.throwIfAborted();
  return { ...result, host, clockErrorSeconds };
}

/** Opens a session of the speech socket and closes it without a word. */
export async function probeSocket(options: ProbeOptions): Promise<ProbeResult> {
  const { createClient, voice, model, signal } = options;
  const client = createClient({ timeouts: TIMEOUTS, retry: false });
  let socket: SpeechSocket | undefined;
  try {
    const opening = await timed(async () => {
      socket = await client.speech.connect({ voice, model, signal });
    });
    if (opening.outcome !== 'taken') return opening;
    const session = await timed(async () => {
      await Promise.race([socket?.next(), sleep(REFUSAL_MS, undefined, { signal })]);
    });
    return session.outcome === 'taken' ? opening : session;
  } finally {
    await socket?.return();
    await client.close();
    signal.throwIfAborted();
  }
}

async function timed(probe: () => Promise<void>): Promise<ProbeResult> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  try {
    await probe();
    return { ms: elapsed(), outcome: 'taken' };
  } catch (error) {
    const refused = error instanceof AuthenticationError && error.status !== 402;
    return { ms: elapsed(), outcome: refused ? 'refused' : 'failed', error };
  }
}
