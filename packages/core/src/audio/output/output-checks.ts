import { StepAudioError, ValidationError } from '../../errors.ts';
import type { Pcm } from '../pcm.ts';
import type { AudioClip, AudioOutputTraits, AudioPiece } from './audio-output.ts';

/** How long a piece lasts at rate 1. */
export function pieceSeconds({ sound }: AudioPiece): number {
  return 'samples' in sound ? sound.samples.length / sound.sampleRate : sound.durationSeconds;
}

/** The samples of a piece; throws `ValidationError` where it holds a file, or samples of another rate than `sampleRate`. */
export function samplesOf({ sound }: AudioPiece, sampleRate: number | undefined): Pcm {
  if (!('samples' in sound)) {
    throw new ValidationError(
      'piece.sound is a file; this output takes samples: decode it first.',
      {
        path: 'piece.sound',
        value: sound.mediaType,
        allowed: 'samples',
      },
    );
  }
  if (sampleRate !== undefined && sound.sampleRate !== sampleRate) {
    throw new ValidationError(
      `piece.sound.sampleRate is ${sound.sampleRate}; this output plays ${sampleRate} Hz: resample before.`,
      {
        path: 'piece.sound.sampleRate',
        value: sound.sampleRate,
        allowed: `${sampleRate}`,
        instead: 'Resampler',
      },
    );
  }
  return sound;
}

/** The file of a piece; throws `ValidationError` where it holds samples. */
export function clipOf({ sound }: AudioPiece): AudioClip {
  if ('bytes' in sound) return sound;
  throw new ValidationError('piece.sound is samples; this output takes files: use writeWav.', {
    path: 'piece.sound',
    value: 'samples',
    allowed: 'bytes with their media type',
    instead: 'writeWav',
  });
}

/** Throws `ValidationError` unless the output can play the piece. */
export function checkPiece(piece: AudioPiece, traits: AudioOutputTraits): void {
  if (traits.takes === 'samples') samplesOf(piece, traits.sampleRate);
  else clipOf(piece);
}

/** Throws `ValidationError` unless `value`, given by the caller as `path`, is a finite number of at least `least`. */
export function checkAtLeast(value: number, path: string, least: number, unit: string): void {
  if (value >= least && Number.isFinite(value)) return;
  const allowed = `a number of ${unit} from ${least}`;
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}

/** Throws `ValidationError` unless `rate` lies in the rates of an output. */
export function checkRate(rate: number, [least, most]: readonly [number, number]): void {
  if (rate >= least && rate <= most) return;
  const allowed = `${least} to ${most}`;
  throw new ValidationError(`rate is ${rate}; this output plays at ${allowed} times the speed.`, {
    path: 'rate',
    value: rate,
    allowed,
  });
}

export function outputClosed(): StepAudioError {
  return new StepAudioError('The output is closed; create another one.', { code: 'output_closed' });
}

/** How long a fade is where `stop` is not told: long enough not to click, too short to be heard as a fade. */
export const STOP_FADE_MS = 15;
/** How often `position` comes while an output plays: five times a second, one more than the least. */
export const POSITION_INTERVAL_SECONDS = 0.2;

/** Milliseconds since the epoch by the clock that does not jump when the machine's date is set. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
