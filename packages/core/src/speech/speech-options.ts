import type { Emotion, LabelLanguage, Style } from '../protocol/labels.ts';
import type { SpeechFormat, SpeechSampleRate, SpeechSocketFormat } from '../protocol/models.ts';
import type { SpeechFile } from './speech-events.ts';

/** Open: the service may serve newer ones. */
export type SpeechModel =
  | 'stepaudio-3-tts'
  | 'stepaudio-2.5-tts'
  | 'step-tts-2'
  | 'step-tts-mini'
  | (string & {});

/** One of the three; `step-tts-2` and `step-tts-mini` only. On newer models say it in `instruction`. */
export type SpeechLabel = {
  emotion?: Emotion | (string & {}) | undefined;
  style?: Style | (string & {}) | undefined;
  language?: LabelLanguage | (string & {}) | undefined;
};

/** What shapes the voice, the same in all three ways to speak. */
export type SpeechVoiceOptions = {
  /** Id of an official voice (`VOICES`) or of a clone of the account. The two hosts have different ones. */
  voice: string;
  /** Default `stepaudio-2.5-tts`: served at both hosts, under both plans and on every transport. */
  model?: SpeechModel | undefined;
  /** Hz. Default 24000, the models' own rate. */
  sampleRate?: SpeechSampleRate | undefined;
  /** 0.5 to 2, default 1. */
  speed?: number | undefined;
  /** 0.1 to 2, default 1. */
  volume?: number | undefined;
  /** How to speak, in words: up to 200 characters on `stepaudio-2.5-tts`, 500 on `stepaudio-3-tts`. */
  instruction?: string | undefined;
  label?: SpeechLabel | undefined;
  /** Entries `written/spoken`, such as `重庆/chong2庆` or `WAV/wave file`; tone digits 1–4, 5 is neutral. */
  pronunciations?: readonly string[] | undefined;
  /** `enhanced` reads numbers, units and symbols more fully. Default `standard`. */
  normalization?: 'standard' | 'enhanced' | undefined;
  /** Strips Markdown on the service's side before it speaks. */
  markdownFilter?: boolean | undefined;
  /** Ask for the times of words as subtitles. Default false. */
  timestamps?: boolean | undefined;
  /** Aborting closes the connection at once; the call then rejects with `signal.reason` as it is. */
  signal?: AbortSignal | undefined;
};

type SpeechTextOptions = {
  /**
   * 1 to 1000 characters, counted in code points (an emoji is one, a Han character is one). On the 2.5 and 3 models
   * text inside `( )` directs the voice and is not spoken.
   */
  text: string;
  /**
   * Only where the client was built with `buffered: true`: receives the whole answer of a call that was cancelled or
   * timed out when it arrives after all. It was paid for, so a cache may want it.
   */
  onLateAnswer?: ((file: SpeechFile) => void) | undefined;
};

/** Options of `speech.create()`. */
export type SpeechCreateOptions = SpeechVoiceOptions &
  SpeechTextOptions & {
    /** Default `mp3`: small, and every player opens it. */
    format?: SpeechFormat | undefined;
    /** Answer with an address that the service keeps for 12 hours, in place of the audio. Default false. */
    returnUrl?: boolean | undefined;
    /** Most bytes of audio to take into memory. Default 128 MiB, twice the largest answer 1000 characters can give. */
    maxBytes?: number | undefined;
  };

/** Options of `speech.stream()`. */
export type SpeechStreamOptions = SpeechVoiceOptions &
  SpeechTextOptions & {
    /** Default `pcm`, which can be played as it arrives: signed 16 bit, little endian, mono. */
    format?: SpeechFormat | undefined;
  };

/** Options of `speech.connect()`. */
export type SpeechConnectOptions = SpeechVoiceOptions & {
  /**
   * Default `pcm`. `wav` arrives as one WAV of unknown length; `mp3_stream`, `opus_stream` and `flac_stream` are one
   * file in pieces; in `mp3`, `opus` and `flac` every piece is a file of its own and arrives as a `clip` event.
   */
  format?: SpeechSocketFormat | undefined;
  /**
   * `default` gathers pieces of text, as a language model writes them, into sentences by itself; `sentence` expects
   * finished text and cuts at `。！？!?`, which is the service's advice together with `timestamps`. Default `default`.
   */
  mode?: 'default' | 'sentence' | undefined;
};
