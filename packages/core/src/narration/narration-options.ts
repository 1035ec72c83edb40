import type { AudioOutput } from '../audio/output/audio-output.ts';
import { ValidationError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import type { SpeechSampleRate } from '../protocol/models.ts';
import type { Speech } from '../speech/speech.ts';
import type { SpeakableOptions } from '../text/speakable-options.ts';
import type { NarrationPosition } from './narration-position.ts';
import type { NarrationCast, NarrationVoice } from './narration-voice.ts';
import type { Pauses } from './pauses.ts';
import type { SpeechPrices } from './prices.ts';
import type { SpeechCache } from './speech-cache.ts';

export type NarrationOptions = {
  readonly speech: Pick<Speech, 'stream'>;
  /** The narrator's. */
  readonly voice: NarrationVoice;
  /** Voices of those who speak in the text, by name; what one leaves out is the narrator's. */
  readonly cast?: NarrationCast | undefined;
  /** Stays its owner's: it is stopped, not closed, when the narration is. */
  readonly output: AudioOutput;
  /** Default: 64 MiB of memory, gone with the narration. */
  readonly cache?: SpeechCache | undefined;
  /** Which service speaks, where several share the cache. Default ''. */
  readonly scope?: string | undefined;
  readonly clock?: Clock | undefined;
  /** 0.5 to 3, default 1; the pitch stays. */
  readonly rate?: number | undefined;
  /** Silence between what is spoken, besides the voice's own. */
  readonly pauses?: Partial<Pauses> | undefined;
  /** How the source is turned into what is spoken. */
  readonly text?: Omit<SpeakableOptions, 'from' | 'cast'> | undefined;
  /** Where to begin. Default: at the beginning. */
  readonly from?: NarrationPosition | undefined;
  /** How much is fetched before it is heard, in seconds of listening. Default 60. */
  readonly aheadSeconds?: number | undefined;
  /** Requests in flight at once. Default 3. */
  readonly concurrency?: number | undefined;
  /**
   * What is asked of the service. Default `samples`, which can be cut at any place, also for an output that takes files:
   * they are made here. `mp3` and `opus` save data, for outputs that take files: played as they come, several sentences in
   * one, at the rates that the output has itself.
   */
  readonly format?: 'samples' | 'mp3' | 'opus' | undefined;
  /** Hz. Default 24000, the models' own; an output that wants another rate gets it converted. */
  readonly sampleRate?: SpeechSampleRate | undefined;
  /** What becomes of a speaker whose voice the service does not know. Default `fail`. */
  readonly unknownVoice?: 'fail' | 'narrator' | undefined;
  /** For `cost`. Default `SPEECH_PRICES`. */
  readonly prices?: SpeechPrices | undefined;
  /** Aborting closes the narration; `done` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
};

const LEAST_RATE = 0.5;
const MOST_RATE = 3;

export function checkNarrationRate(rate: number): void {
  if (rate >= LEAST_RATE && rate <= MOST_RATE) return;
  const allowed = `${LEAST_RATE} to ${MOST_RATE}`;
  throw new ValidationError(`rate is ${rate}; it must be ${allowed}.`, {
    path: 'rate',
    value: rate,
    allowed,
  });
}

/** @throws {ValidationError} */
export function checkNarrationOptions({
  output,
  format = 'samples',
  rate,
}: NarrationOptions): void {
  // A program in plain JavaScript may well forget it.
  if (typeof (output as AudioOutput | undefined)?.enqueue !== 'function') {
    const allowed =
      'an AudioOutput, such as a PullOutput, or a CollectOutput where nothing is to sound';
    throw new ValidationError(`output is missing; a narration needs ${allowed}.`, {
      path: 'output',
      value: output,
      allowed,
    });
  }
  if (format !== 'samples' && output.takes === 'samples') {
    throw new ValidationError(`format is ${format}, but the output takes samples, not files.`, {
      path: 'format',
      value: format,
      allowed: 'samples for this output',
      instead: 'samples',
    });
  }
  if (rate !== undefined) checkNarrationRate(rate);
}
