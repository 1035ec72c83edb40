import { durationSeconds } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import type { TranscriptionFormat, WireFileTranscriptionRequest } from '@stepvoice/core/protocol';
import type { EmulatorContext } from '../context.ts';
import type { RequestRecord } from '../counters.ts';
import { decodeChannels } from '../ear/decode-audio.ts';
import type { Heard } from '../ear/ear.ts';
import { hearPcm } from '../ear/hear-pcm.ts';
import { RecognizerError } from '../ear/recognizer.ts';
import { mixToMono } from '../ear/sound.ts';
import type { Sound } from '../ear/sound.ts';
import { UndecodableAudioError } from '../ear/undecodable-audio-error.ts';
import { DownloadError, fetchAudio } from './fetch-audio.ts';
import { TaskFailure } from './file-tasks.ts';
import type { TaskState } from './file-tasks.ts';
import { checksum } from './heard-sound.ts';
import { tellSpeakers } from './speakers.ts';
import { toUtterances } from './utterances.ts';

type Around = { context: EmulatorContext; record: RequestRecord; signal: AbortSignal };

/**
 * Does what a task asks for, from the download to the result.
 *
 * @throws {TaskFailure} naming the stage that failed.
 */
export async function transcribeFile(
  { audio, request }: WireFileTranscriptionRequest,
  { context, record, signal }: Around,
): Promise<TaskState> {
  const address = audio.url ?? '';
  const bytes = await inStage('audio_download', () =>
    fetchAudio(address, { clock: context.clock, signal }),
  );
  const sound = await inStage('audio_decode', () =>
    decodeChannels(bytes, {
      format: audio.format as TranscriptionFormat,
      sampleRate: audio.rate,
      channels: audio.channel,
      bits: audio.bits,
      signal,
    }),
  );
  const isSplit = request.enable_channel_split === true;
  if (isSplit && sound.channels.length !== 2) {
    throw new TaskFailure(
      'audio_decode',
      'the audio has one channel; two are needed to split them',
    );
  }
  const sounds = isSplit ? splitSound(sound) : [mixToMono(sound)];
  const duration = durationSeconds(sounds[0]!);
  record.sampleRate = sound.sampleRate;
  context.ledger.heard(record, duration);
  const file = { filename: nameIn(address), sha256: checksum(bytes) };
  const result: object[] = [];
  for (const pcm of sounds) {
    const heard = await inStage('recognize', () => hearPcm(context.ear, pcm, { ...file, signal }));
    result.push(toResult(heard, pcm, request, context.strict));
  }
  return { duration: Math.round(duration * 1000) / 1000, result };
}

function toResult(
  { text, words }: Heard,
  pcm: Pcm,
  request: WireFileTranscriptionRequest['request'],
  isStrict: boolean,
): object {
  if (request.show_utterances !== true) return { text };
  const utterances = toUtterances(words);
  const speakers = request.enable_speaker_info === true ? tellSpeakers(pcm, utterances) : undefined;
  return {
    text,
    utterances: utterances.map(({ text: said, startMs, endMs, words: own }, i) => ({
      text: said,
      start_time: startMs,
      end_time: endMs,
      words: own.map((word) => ({
        text: word.text,
        start_time: word.startMs,
        end_time: word.endMs,
      })),
      ...(speakers !== undefined && { speaker: { id: speakerId(speakers[i] ?? 0, isStrict) } }),
    })),
  };
}

/** The documentation counts from `spk_1`, the service itself from `speaker_0`. */
function speakerId(index: number, isStrict: boolean): string {
  return isStrict ? `spk_${index + 1}` : `speaker_${index}`;
}

function splitSound({ channels, sampleRate }: Sound): Pcm[] {
  return channels.map((samples) => ({ samples, sampleRate }));
}

function nameIn(address: string): string {
  const segment = URL.parse(address)?.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function inStage<T>(stage: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isTold =
      cause instanceof DownloadError ||
      cause instanceof UndecodableAudioError ||
      cause instanceof RecognizerError;
    throw new TaskFailure(stage, isTold ? cause.message : 'internal error', { cause });
  }
}
