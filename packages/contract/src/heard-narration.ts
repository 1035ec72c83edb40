import { PullOutput, concatSamples, decodePcm16 } from '@stepvoice/core/audio';
import { narrate } from '@stepvoice/core/narration';
import type { Narration, NarrationOptions, Utterance } from '@stepvoice/core/narration';
import type { StepAudio } from '@stepvoice/core/node';
import { ManualClock } from '../../core/src/net/testing/manual-clock.ts';

export const SAMPLE_RATE = 24_000;
const FRAME_MS = 20;
const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;
/** Of real time, for the service to answer. */
const LONGEST_WAIT_MS = 15_000;

/** An hour. */
const MOST_FRAMES = 180_000;

type Subtitle = { readonly text: string; readonly startMs: number; readonly endMs: number };

/** What the service answered to one request. */
export type Answer = {
  readonly text: string;
  readonly bytes: readonly Uint8Array[];
  readonly subtitles: readonly Subtitle[];
};

/** A client's `speech` that keeps what the service answers. */
export function recordSpeech({ speech }: StepAudio) {
  const answers: Answer[] = [];
  const recorded: NarrationOptions['speech'] = {
    stream(options) {
      const stream = speech.stream(options);
      const bytes: Uint8Array[] = [];
      const subtitles: Subtitle[] = [];
      const next = stream.next.bind(stream);
      stream.next = async () => {
        const result = await next();
        if (result.value?.type === 'audio') bytes.push(result.value.audio);
        if (result.value?.type === 'subtitle') subtitles.push(...result.value.words);
        if (result.done === true) answers.push({ text: options.text, bytes, subtitles });
        return result;
      };
      return stream;
    },
  };
  return { speech: recorded, answers };
}

export type ToldWord = {
  readonly text: string;
  readonly source: string;
  readonly atSample: number;
};

/**
 * A narration over a device that takes a frame as soon as it can, on a clock that moves by what the device takes: a second
 * of sound is over in milliseconds, and every time is as exact as it would be.
 */
export class HeardNarration {
  readonly narration: Narration;
  readonly words: ToldWord[] = [];
  readonly utterances: number[] = [];
  readonly #clock = new ManualClock();
  readonly #output: PullOutput;
  readonly #frames: Int16Array[] = [];
  #heard = 0;
  /** Where the frame that sounds begins, in what was heard and on the clock. */
  #frameStart = 0;
  #frameMs = 0;
  #waitsUntilMs = 0;

  constructor(source: string, options: Omit<NarrationOptions, 'output' | 'clock'>) {
    const now = (): number => this.#clock.now();
    this.#output = new PullOutput({ sampleRate: SAMPLE_RATE, now });
    this.narration = narrate(
      { text: source, format: 'markdown' },
      { ...options, output: this.#output, clock: this.#clock },
    );
    this.narration.on('utterance', ({ utterance }) => this.utterances.push(utterance.index));
    this.narration.on('waiting', ({ untilMs = 0 }) => {
      this.#waitsUntilMs = Math.max(this.#waitsUntilMs, untilMs);
    });
    this.narration.on('word', ({ utterance, spokenRange, sourceRange }) => {
      this.words.push({
        text: utterance.spoken.text.slice(spokenRange.start, spokenRange.end),
        source: this.narration.plan.source.text.slice(sourceRange.start, sourceRange.end),
        atSample: this.#frameStart + Math.round(((now() - this.#frameMs) / 1000) * SAMPLE_RATE),
      });
    });
  }

  /** All that was heard, without the silence in which the device had nothing to play. */
  get samples(): Int16Array {
    return concatSamples(this.#frames);
  }

  get #isRetrying(): boolean {
    return this.#clock.now() < this.#waitsUntilMs;
  }

  /** Listens until it is so. */
  async until(isSo: () => boolean): Promise<void> {
    let idleSince = performance.now();
    while (!isSo()) {
      if (this.#output.isIdle && this.narration.state !== 'paused' && !this.#isRetrying) {
        // The service takes time of its own, in which that of the device stands still.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (performance.now() - idleSince > LONGEST_WAIT_MS) throw new Error('no answer');
        continue;
      }
      idleSince = performance.now();
      const frame = new Int16Array(FRAME_SAMPLES);
      this.#frameStart = this.#heard;
      this.#frameMs = this.#clock.now();
      const filled = this.#output.pull(frame);
      this.#frames.push(frame.subarray(0, filled));
      this.#heard += filled;
      await this.#clock.advance(FRAME_MS);
      if (this.#frames.length > MOST_FRAMES) throw new Error(`still ${this.narration.state}`);
    }
  }

  async untilEnd(): Promise<void> {
    await this.until(() => this.narration.state === 'ended' || this.narration.state === 'failed');
    await this.narration.done;
  }
}

/** How loud a stretch of sound is, as the root of the mean square of its samples. */
export function levelOf(samples: Int16Array, from: number, to: number): number {
  let sum = 0;
  const part = samples.subarray(Math.max(0, from), Math.max(0, to));
  for (const sample of part) sum += sample * sample;
  return part.length === 0 ? 0 : Math.sqrt(sum / part.length);
}

export function isSame(one: Int16Array, other: Int16Array): boolean {
  return one.length === other.length && one.every((sample, at) => sample === other[at]);
}

/** All that has been planned. */
export function utterancesOf(narration: Narration): Utterance[] {
  const { plan } = narration;
  return Array.from({ length: plan.length }, (_, index) => plan.utteranceAt(index)!);
}

/** Answers in the order of the text. */
export function inOrder(answers: readonly Answer[], utterances: readonly Utterance[]): Answer[] {
  const letters = (text: string): string => text.replace(/\s/gu, '');
  const all = letters(utterances.map(({ spoken }) => spoken.text).join(''));
  const place = ({ text }: Answer): number => all.indexOf(letters(text).slice(0, 12));
  return answers.toSorted((one, other) => place(one) - place(other));
}

/** All samples of an answer in PCM. */
export function soundOf({ bytes }: Answer): Int16Array {
  return concatSamples(bytes.map((some) => decodePcm16(some)));
}
