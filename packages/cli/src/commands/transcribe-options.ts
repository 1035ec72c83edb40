import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../cli-error.ts';
import type { RawSound } from '../input/sound-source.ts';
import type { Translate } from '../language/translate.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import type { TranscriptTarget } from '../transcript/transcript-writer.ts';
import { extensionOf, toTranscriptFormat } from '../transcript/transcript-format.ts';
import type { TranscriptFormat } from '../transcript/transcript-format.ts';
import { DEFAULT_LIVE_MODEL, DEFAULT_TRANSCRIPTION_MODEL } from './default-models.ts';
import { toModelId, toNumber, toWholeNumber } from './option-values.ts';

export type TranscribeFlags = EndpointFlags & {
  format?: string | undefined;
  out?: string | undefined;
  force?: boolean | undefined;
  model?: string | undefined;
  language?: string | undefined;
  hotwords?: readonly string[] | undefined;
  prompt?: string | undefined;
  /** `--no-itn`. */
  itn?: boolean | undefined;
  timestamps?: boolean | undefined;
  rate?: string | undefined;
  channels?: string | undefined;
  live?: boolean | undefined;
  untilSilence?: string | true | undefined;
  microphone?: string | undefined;
  quiet?: boolean | undefined;
};

/** How sound becomes text, for files and for what is spoken at this moment. */
export type TranscribeOptions = {
  format: TranscriptFormat;
  model: string;
  language: string | undefined;
  hotwords: readonly string[] | undefined;
  prompt: string | undefined;
  itn: boolean | undefined;
  timestamps: boolean;
  raw: RawSound | undefined;
  /** Over the socket, while it is being made. */
  isLive: boolean;
  /** Whether the sound is that of the microphone. */
  isMicrophone: boolean;
  /** A pause that ends the recording, in seconds. */
  untilSilence: number | undefined;
  /** As the recorder names it. */
  device: string | undefined;
  targets: readonly TranscriptTarget[];
};

/** The name that means the microphone; a file of that name is `./mic`. */
export const MICROPHONE = 'mic';

/** A breath between two thoughts is shorter. */
const DEFAULT_SILENCE_SECONDS = 3;
const SILENCE_RANGE = [0.5, 60] as const;
/** What the client converts. */
const RATE_RANGE = [1000, 768_000] as const;

/**
 * Reads the options of `transcribe`, and what is written where.
 *
 * @throws {UsageError} for what cannot be, before anything is opened.
 */
export async function toTranscribeOptions(
  sources: readonly string[],
  flags: TranscribeFlags,
  t: Translate,
): Promise<TranscribeOptions> {
  const isMicrophone = sources.includes(MICROPHONE);
  const isLive = isMicrophone || flags.live === true;
  if (isLive && sources.length > 1) throw new UsageError(t('error.liveAlone'));
  const raw = toRawSound(flags, t);
  if (isMicrophone && raw !== undefined) throw new UsageError(t('error.microphoneRate'));
  if (isLive && !isMicrophone && raw === undefined) {
    throw new UsageError(t('error.liveRaw'), t('advice.liveRaw'));
  }
  if (isLive && raw !== undefined && raw.channels > 1) throw new UsageError(t('error.liveMono'));
  if (!isLive && flags.untilSilence !== undefined)
    throw new UsageError(t('error.silenceWithoutLive'));
  const format = toTranscriptFormat(flags, t);
  return {
    format,
    model: isLive
      ? toModelId(flags.model, 'asr-socket', DEFAULT_LIVE_MODEL, t)
      : toModelId(flags.model, 'asr-sse', DEFAULT_TRANSCRIPTION_MODEL, t),
    language: flags.language,
    hotwords: toHotwords(flags.hotwords),
    prompt: flags.prompt,
    // Commander's default for `--no-…` is true, which is the service's own.
    itn: flags.itn === false ? false : undefined,
    timestamps: flags.timestamps === true || format === 'srt' || format === 'vtt',
    raw,
    isLive,
    isMicrophone,
    untilSilence: toSilence(flags.untilSilence, t),
    device: flags.microphone,
    targets: await toTargets(sources, format, flags, t),
  };
}

function toRawSound({ rate, channels }: TranscribeFlags, t: Translate): RawSound | undefined {
  if (rate === undefined) {
    if (channels !== undefined) throw new UsageError(t('error.channelsWithoutRate'));
    return undefined;
  }
  return {
    sampleRate: toWholeNumber('--rate', rate, RATE_RANGE, t),
    channels: channels === undefined ? 1 : toWholeNumber('--channels', channels, [1, 2], t),
  };
}

/** Given once or more, with commas of either script between them. */
function toHotwords(given: readonly string[] | undefined): readonly string[] | undefined {
  const words = given?.flatMap((part) => part.split(/[,，、]/)).map((word) => word.trim());
  return words?.filter((word) => word !== '');
}

function toSilence(value: string | true | undefined, t: Translate): number | undefined {
  if (value === undefined) return undefined;
  if (value === true) return DEFAULT_SILENCE_SECONDS;
  return toNumber('--until-silence', value, SILENCE_RANGE, t);
}

async function toTargets(
  sources: readonly string[],
  format: TranscriptFormat,
  { out, force = false }: TranscribeFlags,
  t: Translate,
): Promise<TranscriptTarget[]> {
  if (out !== undefined && out.trim() === '') throw new UsageError(t('error.outEmpty'));
  if (out === undefined || out === '-') {
    if (sources.length > 1 && format !== 'text') {
      throw new UsageError(t('error.severalToOne'), t('advice.outFolder'));
    }
    return sources.map(() => ({ format, path: undefined, force }));
  }
  const named = /[/\\]$/.test(out);
  const isFolder = named || (await stat(out).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) {
    if (sources.length > 1) throw new UsageError(t('error.severalToOne'), t('advice.outFolder'));
    return [{ format, path: out, force }];
  }
  if (named) await mkdir(out, { recursive: true });
  const names = sources.map((source) => nameOf(source) + extensionOf(format));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(t('error.sameName', { file: twice }));
  return names.map((name) => ({ format, path: path.join(out, name), force }));
}

function nameOf(source: string): string {
  return source === '-' ? 'stdin' : path.parse(source).name;
}
