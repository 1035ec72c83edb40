import type { AudioContainer } from '@stepvoice/core/audio';
import type {
  TranscriptionEvent,
  TranscriptionStream,
  TranscriptionStreamOptions,
} from '@stepvoice/core/node';
import { loadAudio } from '../../kit/core.ts';
import type { FileAccess } from '../../kit/file-access.ts';
import {
  emptySound,
  isBareEnd,
  kindOfSound,
  readSound,
  soundBytes,
  soundOfNext,
  unknownFormat,
} from '../../kit/incoming-sound.ts';
import type { Job } from '../../kit/job-lanes.ts';
import { nextWithin, streamStopped } from '../../kit/next-within.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { sendFinal, sendInterim } from './asr-messages.ts';
import { toStreamOptions, type AsrProperties } from './asr-settings.ts';

/** Chinese and Japanese are written without spaces. */
const ENDS_TIGHT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]$/u;

type AsrJob = Job<AsrProperties>;
type TranscriptionFormat = NonNullable<TranscriptionStreamOptions['format']>;

/** A whole sound, of one message or of the messages of a stream, which is sent on as it comes. */
export async function transcribeWhole(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  files: FileAccess,
): Promise<void> {
  const { settings, signal, message } = job;
  const isStream = job.stream !== undefined && !job.stream.isLast;
  const first = isStream
    ? soundBytes(settings.sound, 'sound')
    : await readSound(settings.sound, 'sound', { files, signal });
  if (first.length === 0 && !isStream) throw emptySound('sound');
  const [client, audio] = await Promise.all([host.client(), loadAudio()]);
  const kind = kindOfSound(audio, first, message.audio, settings);
  if (kind.container === undefined) throw unknownFormat('sound', first.length);
  const counter = { bytes: first.length };
  const stream = client.transcription.stream(
    isStream ? chunksOf(host, job, first, counter) : first,
    {
      ...toStreamOptions(settings),
      ...(kind.container === 'pcm'
        ? { format: 'pcm', sampleRate: kind.sampleRate, channels: kind.channels }
        : { format: FORMATS[kind.container] }),
      signal,
    },
  );
  job.event('start', { mode: 'whole' });
  await readTranscript(host, job, stream, counter);
}

/** What the service takes of them; the library says so of the others. */
const FORMATS: Readonly<Record<AudioContainer, TranscriptionFormat | undefined>> = {
  wav: 'wav',
  mp3: 'mp3',
  ogg: 'ogg',
  mp4: 'm4a',
  flac: undefined,
  webm: undefined,
};

async function readTranscript(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  stream: TranscriptionStream,
  counter: { bytes: number },
): Promise<void> {
  for await (const event of stream) take(host, job, event, stream);
  const { text, words, segments, usage } = stream.transcript;
  sendFinal(host, job, {
    text,
    words,
    segments,
    usage,
    bytes: counter.bytes,
    requestId: stream.requestId,
  });
}

function take(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  event: TranscriptionEvent,
  stream: TranscriptionStream,
): void {
  if (event.type === 'partial') {
    const { text } = stream.transcript;
    // The texts of earlier pieces stay in front.
    sendInterim(job, {
      text: text === '' || ENDS_TIGHT.test(text) ? text + event.text : `${text} ${event.text}`,
      words: event.words,
    });
  } else if (event.type === 'progress') {
    const { audioMs, totalMs } = event;
    job.event('progress', { audioMs, totalMs });
    if (totalMs !== undefined && totalMs > 0) {
      host.status.showText(`${Math.min(100, Math.round((100 * audioMs) / totalMs))} %`);
    }
  }
}

async function* chunksOf(
  host: NodeHost<AsrProperties>,
  job: AsrJob,
  first: Uint8Array,
  counter: { bytes: number },
): AsyncGenerator<Uint8Array> {
  const idleMs = job.settings.idleSeconds * 1000;
  const messages = job.messages()[Symbol.asyncIterator]();
  await messages.next();
  yield first;
  for (;;) {
    const next = await nextWithin(messages, idleMs, host.clock);
    if (next === 'idle') throw streamStopped(idleMs);
    if (next.done === true) return;
    const sound = soundOfNext(host, next.value);
    if (isBareEnd(sound, next.value)) continue;
    const bytes = soundBytes(sound, 'sound');
    counter.bytes += bytes.length;
    yield bytes;
  }
}
