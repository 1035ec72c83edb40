import type { Id3Chapter, Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import type { StepAudioError } from '../../errors.ts';
import type { Clock } from '../../net/clock.ts';
import type { SpeechSampleRate } from '../../protocol/models.ts';
import type { Speech } from '../../speech/speech.ts';
import type { TextRange } from '../../text/text-range.ts';
import type { FetchWait, SpeechFetcherOptions } from '../fetcher.ts';
import type { Money } from '../prices.ts';
import type { SpeechCache } from '../speech-cache.ts';
import type { CreateMp3Encoder } from './mp3-encoder.ts';
import type { EstimateOptions, NarrationEstimate } from './narration-survey.ts';
import type { RenderFiles } from './render-file.ts';

export type RenderOptions = EstimateOptions & {
  readonly speech: Pick<Speech, 'stream'>;
  /** Where it is rendered to. What an earlier call has left there of the same render is gone on with. */
  readonly files: RenderFiles;
  readonly format: 'wav' | 'mp3';
  /**
   * For `mp3`: encodes what the service sends as samples, with times and pauses exact to the sample. Without it the
   * service's own MP3 is joined, frame by frame: pauses are exact to half a frame (12 ms), and only between requests.
   */
  readonly createMp3Encoder?: CreateMp3Encoder | undefined;
  /** Of the encoder, in kilobits a second. Default 64. */
  readonly bitrate?: number | undefined;
  /** Hz. Default 24000, the models' own rate. */
  readonly sampleRate?: SpeechSampleRate | undefined;
  /** What an MP3 says of itself. Chapters come from the source. */
  readonly tag?: Omit<Id3TagOptions, 'chapters'> | undefined;
  /**
   * Where speech is kept that is fetched but not in the file yet. By default in memory: what a crash takes with it is paid
   * again, which a store that outlives the program prevents.
   */
  readonly cache?: SpeechCache | undefined;
  /** Which service speaks, where several share the cache. Default ''. */
  readonly scope?: string | undefined;
  /** Requests in flight at once. Default 2. */
  readonly concurrency?: number | undefined;
  /** What becomes of a speaker whose voice the service does not know. Default `fail`. */
  readonly unknownVoice?: SpeechFetcherOptions['unknownVoice'];
  /** Most code points to be sent for all of the source; default any number. Checked before anything is sent. */
  readonly maxCharacters?: number | undefined;
  /** Whether a file that is there and is not the beginning of this render may be lost. Default false. */
  readonly replace?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** Aborting ends the render with `signal.reason`; a later call goes on from there. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RenderProgress) => void) | undefined;
  /** The service has been asked too often, or a request is about to be made again. */
  readonly onWaiting?: ((wait: FetchWait) => void) | undefined;
  readonly onSkipped?: ((skipped: RenderSkip) => void) | undefined;
};

/** How far a render is, over all of its runs. */
export type RenderProgress = {
  readonly chapter: number;
  /** Sentences that are done. */
  readonly utterances: number;
  /** Code points of them. */
  readonly characters: number;
  /** Of sound in the file, pauses included. */
  readonly seconds: number;
  readonly requests: number;
  /** Code points that the service was paid for. */
  readonly paidCharacters: number;
  /** `undefined` where the price of a model is not known. */
  readonly cost: Money | undefined;
  /** What the whole was reckoned to take. */
  readonly estimate: NarrationEstimate;
  /** What is left of it; the time from how long this run has taken. */
  readonly rest: {
    readonly utterances: number;
    readonly characters: number;
    readonly seconds: number;
    readonly ms: number | undefined;
  };
};

/** A sentence that the service does not speak. */
export type RenderSkip = {
  readonly chapter: number;
  readonly utterance: number;
  /** In the chapter's source. */
  readonly range: TextRange;
  /** Of the pause that stands in its place. */
  readonly atMs: number;
  /** Of the error, such as `censorship_block`. */
  readonly code: string;
  /** Only in the run that met it. */
  readonly error?: StepAudioError | undefined;
};

export type RenderReport = {
  readonly bytes: number;
  readonly seconds: number;
  readonly utterances: number;
  readonly requests: number;
  readonly paidCharacters: number;
  readonly billedUnits: number;
  readonly cost: Money | undefined;
  readonly chapters: readonly Id3Chapter[];
  readonly skipped: readonly RenderSkip[];
  /** Whether this run went on with what another one had begun. */
  readonly resumed: boolean;
};
