import type { SpeechVoiceOptions } from '@stepvoice/core/node';
import type { SettingsOf } from '../../definition/node-definition.ts';
import { loadCore } from '../../kit/core.ts';
import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import { streamStopped } from '../../kit/next-within.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { checkServing } from '../../kit/served-clips.ts';
import { streamPlace, type StreamPlace } from '../../kit/stream-place.ts';
import type { ttsDefinition } from './definition.ts';
import { SpeechSender, type Delivery } from './speech-sender.ts';
import { toLabel } from './manner.ts';
import { SpeechMemory } from './speech-memory.ts';
import { checkWholeText, textOfPiece, toSpokenText } from './spoken-text.ts';
import { sayStream, sayText } from './utterance.ts';

export type TtsProperties = (typeof ttsDefinition)['properties'];
type Settings = SettingsOf<TtsProperties>;

const MEGABYTE = 1024 * 1024;

export function createTts(host: NodeHost<TtsProperties>): NodeBehaviour<TtsProperties> {
  const { cacheMegabytes, streamedText } = host.fixed;
  const memory = new SpeechMemory(cacheMegabytes * MEGABYTE);
  const lanes = new JobLanes(host, {
    run: (job) => speak(host, job, memory),
    streamOf: (message) => streamOf(message, streamedText),
    eventsOutput: 1,
    busyStatus: 'speaking',
  });
  return { input: (call) => lanes.take(call), close: () => lanes.close() };
}

function streamOf(
  message: FlowMessage,
  streamedText: Settings['streamedText'],
): StreamPlace | undefined {
  if (streamedText === 'never') return undefined;
  const isStreamed = streamedText === 'parts' || message.stepvoice?.stream === 'text';
  return isStreamed ? streamPlace(message) : undefined;
}

async function speak(
  host: NodeHost<TtsProperties>,
  job: Job<TtsProperties>,
  memory: SpeechMemory,
): Promise<void> {
  const { settings, stream, signal } = job;
  const text = wholeTextOf(job);
  // A stream may turn out to have had nothing in it.
  if (stream !== undefined && text?.trim() === '') return;
  const characters = text === undefined ? undefined : checkWholeText(text, settings.maxCharacters);
  if (settings.output === 'url') checkServing(host.RED, settings.publicURL);
  const { speech } = await host.client();
  const { DEFAULT_SPEECH_MODEL } = await loadCore();
  const voice = toVoice(settings, DEFAULT_SPEECH_MODEL);
  const how = settings.output;
  // Nothing plays bare samples from an address.
  const isAddress = how === 'dataUrl' || how === 'url';
  const format = isAddress && settings.format === 'pcm' ? 'wav' : settings.format;
  const sender = new SpeechSender(host, job, {
    how,
    format,
    sampleRate: voice.sampleRate,
    voice: voice.voice,
    model: voice.model,
    isOfStream: stream !== undefined,
  } satisfies Delivery);
  job.event('start', { model: voice.model, voice: voice.voice, characters });
  const wanted = { format, isStream: how === 'stream' };
  if (text === undefined || characters === undefined) {
    const streamed = {
      messages: job.messages(),
      clock: host.clock,
      idleMs: settings.streamIdleSeconds * 1000,
      maxCharacters: settings.maxCharacters,
    };
    const utterance = sayStream(speech, { ...voice, signal }, streamed, wanted);
    await sender.sendUtterance(utterance, false);
    if (utterance.isStalled()) throw streamStopped(streamed.idleMs);
    return;
  }
  const key = memory.isOn ? memory.keyOf({ ...voice, text, ...wanted }) : undefined;
  const known = key === undefined ? undefined : memory.get(key);
  if (known !== undefined) {
    sender.sendKnown(known);
    return;
  }
  const utterance = sayText(speech, { ...voice, signal }, { text, characters, wanted });
  const sound = await sender.sendUtterance(utterance, key !== undefined);
  if (key !== undefined && sound !== undefined) memory.set(key, sound);
}

/** `undefined` for a text that is still being written. */
function wholeTextOf({ settings, stream, message }: Job<TtsProperties>): string | undefined {
  if (stream === undefined) return toSpokenText(settings.text ?? '', 'text');
  return stream.isLast ? textOfPiece(message, true) : undefined;
}

type Voice = SpeechVoiceOptions & {
  model: string;
  sampleRate: NonNullable<SpeechVoiceOptions['sampleRate']>;
};

function toVoice(settings: Settings, defaultModel: string): Voice {
  const { voice, model, speed, volume, instruction, pronunciations, normalization } = settings;
  return {
    voice: voice ?? '',
    model: model ?? defaultModel,
    sampleRate: Number(settings.sampleRate) as Voice['sampleRate'],
    speed,
    volume,
    instruction,
    label: toLabel(settings.manner),
    pronunciations: pronunciations.length === 0 ? undefined : pronunciations,
    normalization,
    markdownFilter: settings.markdownFilter ? true : undefined,
    timestamps: settings.timestamps ? true : undefined,
  };
}
