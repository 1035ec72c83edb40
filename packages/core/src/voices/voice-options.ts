import type { Pcm } from '../audio/pcm.ts';
import type { ByteSource } from '../net/byte-source.ts';
import type { Emotion, LabelLanguage, Style } from '../protocol/labels.ts';
import type { SpeechFormat, SpeechSampleRate } from '../protocol/models.ts';
import type { CloneWarning } from './clip-check.ts';

/** Its clones are the ones that the realtime model of its generation speaks with. */
export const DEFAULT_CLONE_MODEL = 'stepaudio-2.5-tts';

/** Open: the service may serve newer ones. */
export type CloneModel =
  | 'stepaudio-3-tts'
  | 'stepaudio-2.5-tts'
  | 'step-tts-2'
  | 'step-tts-mini'
  | (string & {});

/**
 * Who allowed that the voice is cloned, and how. A voice belongs to the person who speaks with it. It stays in the
 * program: the protocol has no field for it.
 */
export type VoiceConsent = {
  /** The person whose voice it is. */
  by: string;
  /** `own-voice` where the caller clones his own; else the way the person said yes, in a word or a sentence. */
  how: 'own-voice' | 'in-writing' | 'recorded' | (string & {});
};

/** Options of `voices.list()`. */
export type VoiceListOptions = {
  /** Default `all`. */
  include?: 'system' | 'own' | 'all' | undefined;
  /**
   * Leaves out system voices that the model is known not to speak. Of clones nobody says with which model they were
   * made: they are never left out.
   */
  model?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** Options of `voices.listClones()`: one page, as the service cuts it. */
export type CloneListOptions = {
  /** 1 to 100. Default 20. */
  limit?: number | undefined;
  /** By the time of their making. Default `desc`, the newest first. */
  order?: 'asc' | 'desc' | undefined;
  /** Id of a voice: those that stand before it in the order. */
  before?: string | undefined;
  /** Id of a voice: those that stand behind it in the order. */
  after?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** Options of `voices.clones()`. */
export type CloneIterationOptions = {
  /** Rows asked for at once, 1 to 100. Default 100. */
  pageSize?: number | undefined;
  /** Default `desc`, the newest first. */
  order?: 'asc' | 'desc' | undefined;
  signal?: AbortSignal | undefined;
};

/** Options of `voices.clone()`: either `audio` or `fileId`. */
export type VoiceCloneOptions = {
  /**
   * 5 to 10 s of one person speaking, in mp3 or wav, or as samples. It is checked, uploaded under purpose `storage`, and
   * deleted again if the service refuses to clone it.
   */
  audio?: ByteSource | Pcm | undefined;
  /** A stored file of purpose `storage` in place of `audio`. It is neither checked nor deleted. */
  fileId?: string | undefined;
  /**
   * The model that will speak with the voice. Default `stepaudio-2.5-tts`, whose clones `stepaudio-2.5-realtime` speaks
   * with too.
   */
  model?: CloneModel | undefined;
  /** What the clip says, word for word. Without it the service listens for itself. */
  transcript?: string | undefined;
  consent: VoiceConsent;
  /** What `audio` is called among the files of the account. Default `voice.wav` or `voice.mp3`. */
  filename?: string | undefined;
  /** Keeps the uploaded file also where the service refuses to clone it. Default false. */
  keepFile?: boolean | undefined;
  /** Told of every warning as it arises; those on the clip before anything is sent. What it throws ends the call. */
  onWarning?: ((warning: CloneWarning) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** Options of `voices.check()`. */
export type VoiceCheckOptions = {
  /** What would be given to `voices.clone()`. */
  audio: ByteSource | Pcm;
  /** The model that would speak with the voice. Default `stepaudio-2.5-tts`. */
  model?: CloneModel | undefined;
  signal?: AbortSignal | undefined;
};

/** Options of `voices.preview()`. */
export type VoicePreviewOptions = {
  /** A stored file of purpose `storage`: the clip that would be cloned. */
  fileId: string;
  /** What to say; the service advises up to 50 characters, which is what it charges. */
  text: string;
  /** Default `stepaudio-2.5-tts`. Not every model that clones has previews. */
  model?: CloneModel | undefined;
  /** What the clip says, word for word. Without it the service listens for itself. */
  transcript?: string | undefined;
  /** Default `wav`. The service may answer in another: see `format` of the answer. */
  format?: SpeechFormat | undefined;
  /** Hz. Default 24000. */
  sampleRate?: SpeechSampleRate | undefined;
  /** 0.5 to 2, default 1. */
  speed?: number | undefined;
  /** 0.1 to 2, default 1. */
  volume?: number | undefined;
  /** How to speak, in words; on `stepaudio-2.5-tts` up to 200 characters. */
  instruction?: string | undefined;
  /** One of the three; `step-tts-2` and `step-tts-mini` only. */
  label?:
    | {
        emotion?: Emotion | (string & {}) | undefined;
        style?: Style | (string & {}) | undefined;
        language?: LabelLanguage | (string & {}) | undefined;
      }
    | undefined;
  /** Entries `written/spoken`, such as `重庆/chong2庆`. */
  pronunciations?: readonly string[] | undefined;
  /** Strips Markdown on the service's side before it speaks. */
  markdownFilter?: boolean | undefined;
  signal?: AbortSignal | undefined;
};
