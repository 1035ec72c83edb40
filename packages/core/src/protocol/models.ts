import { EMOTIONS, LANGUAGES, STYLES } from './labels.ts';
import type { Emotion, LabelLanguage, Style } from './labels.ts';

export type ModelKind = 'speech' | 'transcription' | 'realtime' | 'chat';

/**
 * Where a model is served. Paths stand behind the prefix (`/v1` or `/step_plan/v1`):
 * `speech` POST /audio/speech · `speech-socket` GET /realtime/audio · `preview` POST /audio/voices/preview ·
 * `clone` POST /audio/voices · `asr-sse` POST /audio/asr/sse · `asr-socket` GET /realtime/asr/stream ·
 * `asr-file` POST /audio/asr/file/submit · `transcriptions` POST /audio/transcriptions · `realtime` GET /realtime ·
 * `chat` POST /chat/completions.
 */
export type Endpoint =
  | 'speech'
  | 'speech-socket'
  | 'preview'
  | 'clone'
  | 'asr-sse'
  | 'asr-socket'
  | 'asr-file'
  | 'transcriptions'
  | 'realtime'
  | 'chat';

export type SpeechFormat = 'mp3' | 'wav' | 'flac' | 'opus' | 'pcm';
export type SpeechSocketFormat = SpeechFormat | 'mp3_stream' | 'opus_stream' | 'flac_stream';
export type SpeechSampleRate = 8000 | 16_000 | 22_050 | 24_000 | 48_000;

export type SpeechCapabilities = {
  /** Longest `instruction` in characters; 0 where the model takes none. */
  readonly instructionLimit: number;
  /** Words of a `voice_label`; `undefined` where the service answers 400 to any. */
  readonly labels:
    | {
        readonly emotions: readonly Emotion[];
        readonly styles: readonly Style[];
        readonly languages: readonly LabelLanguage[];
      }
    | undefined;
  /** Whether text inside `( )` or `（ ）` directs the voice and is not spoken. */
  readonly inlineDirectives: boolean;
  readonly pronunciationMap: boolean;
  readonly formats: readonly SpeechFormat[];
  readonly socketFormats: readonly SpeechSocketFormat[];
  readonly sampleRates: readonly SpeechSampleRate[];
};

export type TranscriptionCapabilities = {
  /** Longest audio of one call in seconds, where the service names one. */
  readonly maxSeconds: number | undefined;
  readonly prompt: boolean;
  readonly wordTimes: boolean;
  /** How a partial result of the streaming socket reads; `undefined` where there is no socket. */
  readonly partials: 'increment' | 'cumulative' | undefined;
};

export type RealtimeCapabilities = { readonly thinking: boolean; readonly tools: boolean };
export type ChatCapabilities = {
  readonly audioOutput: boolean;
  readonly tools: boolean;
  readonly wavInput: boolean;
};

export type ModelCapabilities = {
  readonly id: string;
  readonly kinds: readonly ModelKind[];
  readonly endpoints: readonly Endpoint[];
  /** Still answered, but on its way out. */
  readonly deprecated?: true;
  readonly speech?: SpeechCapabilities;
  readonly transcription?: TranscriptionCapabilities;
  readonly realtime?: RealtimeCapabilities;
  readonly chat?: ChatCapabilities;
};

export const SPEECH_FORMATS = ['mp3', 'wav', 'flac', 'opus', 'pcm'] as const;
export const SPEECH_SOCKET_FORMATS = [
  ...SPEECH_FORMATS,
  'mp3_stream',
  'opus_stream',
  'flac_stream',
] as const;
export const SPEECH_SAMPLE_RATES = [8000, 16_000, 22_050, 24_000, 48_000] as const;

/** Longest text of one request, or of one `tts.text.delta`, in characters. */
export const SPEECH_TEXT_LIMIT = 1000;
export const SPEED_RANGE = [0.5, 2] as const;
export const VOLUME_RANGE = [0.1, 2] as const;

const EMOTIONS_ALL = Object.keys(EMOTIONS) as Emotion[];
const STYLES_ALL = Object.keys(STYLES) as Style[];
const STYLES_MINI: readonly Style[] = [
  'slow',
  'very-slow',
  'fast',
  'very-fast',
  'indifferent',
  'awkward',
  'dejected',
];
const LABEL_LANGUAGES = Object.keys(LANGUAGES) as LabelLanguage[];

const SPEECH_ENDPOINTS = ['speech', 'speech-socket', 'preview', 'clone'] as const;
const OUTPUT = {
  pronunciationMap: true,
  formats: SPEECH_FORMATS,
  socketFormats: SPEECH_SOCKET_FORMATS,
  sampleRates: SPEECH_SAMPLE_RATES,
} as const;

/**
 * Every model of the service this library speaks to, in the order of the service's own overview. The client, the
 * emulator and every host's settings read this one table.
 */
export const MODELS: readonly ModelCapabilities[] = [
  {
    id: 'stepaudio-3-tts',
    kinds: ['speech'],
    endpoints: ['speech', 'speech-socket', 'clone'],
    speech: { ...OUTPUT, instructionLimit: 500, labels: undefined, inlineDirectives: true },
  },
  {
    id: 'stepaudio-2.5-tts',
    kinds: ['speech'],
    endpoints: SPEECH_ENDPOINTS,
    speech: { ...OUTPUT, instructionLimit: 200, labels: undefined, inlineDirectives: true },
  },
  {
    id: 'step-tts-2',
    kinds: ['speech'],
    endpoints: SPEECH_ENDPOINTS,
    speech: {
      ...OUTPUT,
      instructionLimit: 0,
      labels: { emotions: EMOTIONS_ALL, styles: STYLES_ALL, languages: LABEL_LANGUAGES },
      inlineDirectives: false,
    },
  },
  {
    id: 'step-tts-mini',
    kinds: ['speech'],
    endpoints: SPEECH_ENDPOINTS,
    speech: {
      ...OUTPUT,
      instructionLimit: 0,
      labels: { emotions: EMOTIONS_ALL, styles: STYLES_MINI, languages: LABEL_LANGUAGES },
      inlineDirectives: false,
    },
  },
  {
    id: 'step-tts-vivid',
    kinds: ['speech'],
    endpoints: ['speech', 'speech-socket'],
    deprecated: true,
    speech: {
      ...OUTPUT,
      pronunciationMap: false,
      instructionLimit: 0,
      labels: { emotions: EMOTIONS_ALL, styles: STYLES_ALL, languages: LABEL_LANGUAGES },
      inlineDirectives: false,
    },
  },
  {
    id: 'stepaudio-3-asr-max',
    kinds: ['transcription'],
    endpoints: ['asr-sse'],
    transcription: { maxSeconds: undefined, prompt: false, wordTimes: true, partials: undefined },
  },
  {
    id: 'stepaudio-2.5-asr',
    kinds: ['transcription'],
    endpoints: ['asr-sse', 'asr-file'],
    transcription: { maxSeconds: 1800, prompt: false, wordTimes: true, partials: undefined },
  },
  {
    id: 'stepaudio-2-asr-pro',
    kinds: ['transcription'],
    endpoints: ['asr-sse'],
    transcription: { maxSeconds: undefined, prompt: true, wordTimes: true, partials: undefined },
  },
  {
    id: 'stepaudio-2.5-asr-stream',
    kinds: ['transcription'],
    endpoints: ['asr-socket'],
    transcription: { maxSeconds: undefined, prompt: true, wordTimes: true, partials: 'cumulative' },
  },
  {
    id: 'step-asr-1.1-stream',
    kinds: ['transcription'],
    endpoints: ['asr-socket', 'asr-sse'],
    deprecated: true,
    transcription: { maxSeconds: undefined, prompt: true, wordTimes: false, partials: 'increment' },
  },
  {
    id: 'step-asr-1.1',
    kinds: ['transcription'],
    endpoints: ['asr-file'],
    transcription: { maxSeconds: undefined, prompt: false, wordTimes: true, partials: undefined },
  },
  {
    id: 'step-asr',
    kinds: ['transcription'],
    endpoints: ['transcriptions', 'asr-sse'],
    deprecated: true,
    transcription: { maxSeconds: undefined, prompt: false, wordTimes: false, partials: undefined },
  },
  {
    id: 'stepaudio-3-realtime-preview',
    kinds: ['realtime'],
    endpoints: ['realtime'],
    realtime: { thinking: true, tools: true },
  },
  {
    id: 'stepaudio-2.5-realtime',
    kinds: ['realtime'],
    endpoints: ['realtime'],
    realtime: { thinking: false, tools: true },
  },
  {
    id: 'step-1o-audio',
    kinds: ['realtime', 'chat'],
    endpoints: ['realtime', 'chat'],
    realtime: { thinking: false, tools: true },
    chat: { audioOutput: true, tools: true, wavInput: false },
  },
  ...['step-audio-2', 'step-audio-2-mini'].map((id): ModelCapabilities => ({
    id,
    kinds: ['realtime', 'chat'],
    endpoints: ['realtime', 'chat'],
    realtime: { thinking: false, tools: true },
    chat: { audioOutput: true, tools: true, wavInput: true },
  })),
  {
    id: 'step-audio-r1.1',
    kinds: ['realtime', 'chat'],
    endpoints: ['realtime', 'chat'],
    deprecated: true,
    realtime: { thinking: true, tools: false },
    chat: { audioOutput: true, tools: false, wavInput: true },
  },
  {
    id: 'step-audio-r1.5',
    kinds: ['realtime', 'chat'],
    endpoints: ['realtime', 'chat'],
    realtime: { thinking: true, tools: false },
    chat: { audioOutput: true, tools: false, wavInput: true },
  },
  ...['step-audio-2-think', 'step-audio-2-mini-think'].map((id): ModelCapabilities => ({
    id,
    kinds: ['realtime'],
    endpoints: ['realtime'],
    realtime: { thinking: true, tools: true },
  })),
  {
    id: 'stepaudio-2.5-chat',
    kinds: ['chat'],
    endpoints: ['chat'],
    chat: { audioOutput: false, tools: true, wavInput: true },
  },
  {
    id: 'stepaudio-3-chat-preview',
    kinds: ['chat'],
    endpoints: ['chat'],
    chat: { audioOutput: false, tools: true, wavInput: true },
  },
];

/** The table's row of a model, or `undefined` for one the table does not know (the service may have newer ones). */
export function findModel(id: string): ModelCapabilities | undefined {
  return MODELS.find((model) => model.id === id);
}

/** Ids of the models served at an endpoint, the recommended one first. */
export function modelsServing(endpoint: Endpoint): readonly string[] {
  return MODELS.filter((model) => model.endpoints.includes(endpoint)).map((model) => model.id);
}
