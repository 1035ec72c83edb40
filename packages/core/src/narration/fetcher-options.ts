import { ValidationError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import { SPEECH_TEXT_LIMIT } from '../protocol/models.ts';
import type { SpeechSampleRate } from '../protocol/models.ts';
import type { Speech } from '../speech/speech.ts';
import type { BatchListener } from './batch-speaker.ts';
import type { NarrationCast, NarrationVoice } from './narration-voice.ts';
import type { NarrationPlan } from './plan.ts';
import type { SpeechCache } from './speech-cache.ts';

export type SpeechFetcherOptions = BatchListener & {
  readonly plan: NarrationPlan;
  readonly speech: Pick<Speech, 'stream'>;
  readonly voice: NarrationVoice;
  readonly cast?: NarrationCast | undefined;
  readonly cache: SpeechCache;
  readonly clock: Clock;
  /** Which service speaks, where several share the cache. Default ''. */
  readonly scope?: string | undefined;
  /**
   * What units are: samples; WAV files, which are cut like samples; or MP3 or Ogg Opus files as the service makes them,
   * a batch each. Default `samples`.
   */
  readonly format?: 'samples' | 'wav' | 'mp3' | 'opus' | undefined;
  /** Hz. Default 24000. */
  readonly sampleRate?: SpeechSampleRate | undefined;
  /** Requests in flight at once for what is wanted. Default 3. */
  readonly concurrency?: number | undefined;
  /** How much is fetched before it is taken, in seconds of listening. Default 60. */
  readonly aheadSeconds?: number | undefined;
  /** At what rate it is listened to. Default 1. */
  readonly rate?: number | undefined;
  /** Most code points of one request. Default 1000, the service's limit. */
  readonly textLimit?: number | undefined;
  /** About how many characters the first request has, where nobody waits for it. Default 60. */
  readonly firstCharacters?: number | undefined;
  /** What becomes of a speaker whose voice the service does not know. Default `fail`. */
  readonly unknownVoice?: 'fail' | 'narrator' | undefined;
  /** How often in a row a request is tried again, at most every 30 s. Default 8. */
  readonly maxRetries?: number | undefined;
};

type Numbers = Partial<
  Record<
    'concurrency' | 'aheadSeconds' | 'rate' | 'textLimit' | 'firstCharacters' | 'maxRetries',
    number | undefined
  >
>;

/** @throws {ValidationError} for a number out of its range. */
export function checkNumbers(options: Numbers): void {
  const check = (path: keyof Numbers, isRight: (value: number) => boolean, allowed: string) => {
    const value = options[path];
    if (value === undefined || isRight(value)) return;
    throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
      path,
      value,
      allowed,
    });
  };
  const isWhole = (least: number, most: number) => (value: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  check('concurrency', isWhole(1, 100), 'a whole number from 1 to 100');
  check('maxRetries', isWhole(0, 1000), 'a whole number from 0 to 1000');
  check(
    'textLimit',
    isWhole(10, SPEECH_TEXT_LIMIT),
    `a whole number from 10 to ${SPEECH_TEXT_LIMIT}`,
  );
  check(
    'firstCharacters',
    isWhole(1, SPEECH_TEXT_LIMIT),
    `a whole number from 1 to ${SPEECH_TEXT_LIMIT}`,
  );
  check('aheadSeconds', (value) => value >= 0, 'a number of seconds, 0 or more');
  check('rate', (value) => value > 0 && value < Infinity, 'a number above 0');
}
