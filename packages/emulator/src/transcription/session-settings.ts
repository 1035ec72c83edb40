import { TRANSCRIPTION_SOCKET_RATE } from '@stepvoice/core/protocol';
import type { TranscriptionSocketFormat, WireTranscriptionSession } from '@stepvoice/core/protocol';

export type SoundFormat = {
  type: TranscriptionSocketFormat;
  codec: string;
  rate: number;
  bits: number;
  channel: number;
};

export type TurnDetection = { silenceDurationMs: number; threshold: number };

/** How a session is set up at present. */
export type SessionSettings = {
  model: string;
  language: string | undefined;
  format: SoundFormat;
  /** Nothing where the client commits. */
  turns: TurnDetection | undefined;
  rerunsOnCommit: boolean;
  alignsTimes: boolean;
};

const DEFAULT_MODEL = 'stepaudio-2.5-asr-stream';
/** Of every sample of the documentation, which states no defaults. */
const DEFAULT_TURNS: TurnDetection = { silenceDurationMs: 800, threshold: 0.5 };
const DEFAULT_FORMAT: SoundFormat = {
  type: 'pcm',
  codec: 'pcm_s16le',
  rate: TRANSCRIPTION_SOCKET_RATE,
  bits: 16,
  channel: 1,
};

/** @param model that of the socket's address, if it names one. */
export function defaultSettings(model: string | undefined): SessionSettings {
  return {
    model: model ?? DEFAULT_MODEL,
    language: undefined,
    format: DEFAULT_FORMAT,
    turns: undefined,
    rerunsOnCommit: false,
    alignsTimes: false,
  };
}

/** Settings after an update: what it does not mention stays as it was, and what it sets to `null` becomes as at first. */
export function updateSettings(
  settings: SessionSettings,
  { audio }: WireTranscriptionSession,
): SessionSettings {
  const { format, transcription, turn_detection: turns } = audio.input;
  return {
    model: transcription?.model ?? settings.model,
    language: pick(transcription?.language, settings.language, undefined),
    format: updateFormat(settings.format, format),
    turns: updateTurns(settings.turns, turns),
    rerunsOnCommit: pick(transcription?.full_rerun_on_commit, settings.rerunsOnCommit, false),
    alignsTimes: pick(transcription?.enable_timestamp_align, settings.alignsTimes, false),
  };
}

/** As `session.created` and `session.updated` show it: less than was asked for. */
export function toWireSession({ language, format, turns }: SessionSettings): object {
  return {
    audio: {
      input: {
        format,
        transcription: { language: language ?? 'auto' },
        turn_detection:
          turns === undefined
            ? null
            : { type: 'server_vad', silence_duration_ms: turns.silenceDurationMs },
      },
    },
  };
}

type WireInput = WireTranscriptionSession['audio']['input'];

function updateFormat(old: SoundFormat, wire: WireInput['format']): SoundFormat {
  if (wire === undefined) return old;
  if (wire === null) return DEFAULT_FORMAT;
  const { codec = old.codec, rate = old.rate, bits = old.bits, channel = old.channel } = wire;
  return { type: wire.type as TranscriptionSocketFormat, codec, rate, bits, channel };
}

function updateTurns(
  old: TurnDetection | undefined,
  wire: WireInput['turn_detection'],
): TurnDetection | undefined {
  if (wire === undefined) return old;
  if (wire?.type !== 'server_vad') return undefined;
  return {
    silenceDurationMs: wire.silence_duration_ms ?? DEFAULT_TURNS.silenceDurationMs,
    threshold: wire.threshold ?? DEFAULT_TURNS.threshold,
  };
}

function pick<T>(given: T | null | undefined, old: T, byDefault: T): T {
  if (given === undefined) return old;
  return given ?? byDefault;
}
