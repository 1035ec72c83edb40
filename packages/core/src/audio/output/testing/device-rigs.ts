import { CollectOutput } from '../collect-output.ts';
import { PullOutput, type PullOutputOptions } from '../pull-output.ts';
import type { OutputRig } from './output-conformance.ts';

export const SAMPLE_RATE = 8000;
const FRAME_MS = 20;
/** Far more than any test lets a device run. */
const MOST_FRAMES = 2000;

/** A device that pulls a frame every 20 ms of a time that only it moves. */
export class PullDevice {
  readonly output: PullOutput;
  readonly pulled: Int16Array[] = [];
  nowMs = 1_790_000_000_000;
  readonly #frameSamples: number;

  constructor(options: Partial<PullOutputOptions> = {}, frameMs = FRAME_MS) {
    const sampleRate = options.sampleRate ?? SAMPLE_RATE;
    this.#frameSamples = (sampleRate * frameMs) / 1000;
    this.output = new PullOutput({
      sampleRate,
      queueSeconds: 1,
      now: () => this.nowMs,
      ...options,
    });
  }

  /** Takes one frame, and answers how much of it is sound. */
  tick(): number {
    const frame = new Int16Array(this.#frameSamples);
    const sound = this.output.pull(frame);
    this.pulled.push(frame);
    this.nowMs += (this.#frameSamples * 1000) / this.output.sampleRate;
    return sound;
  }
}

/** A rig whose device does `tick` every 20 ms; promises and messages arrive between two of them. */
export function tickingRig(
  tick: () => void,
  rig: Pick<OutputRig, 'output'> & Partial<OutputRig>,
): OutputRig {
  const settle = async (): Promise<void> => {
    // A message of a channel takes several turns.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    toleranceSeconds: 1e-6,
    piece: (id, seconds) => ({
      id,
      sound: {
        samples: new Int16Array(Math.round(seconds * SAMPLE_RATE)).fill(1000),
        sampleRate: SAMPLE_RATE,
      },
    }),
    wrongPiece: () => ({ id: 99, sound: { samples: new Int16Array(100), sampleRate: 11_025 } }),
    async until(condition) {
      await settle();
      for (let frame = 0; !condition(); frame++) {
        if (frame > MOST_FRAMES) throw new Error('what was waited for never came');
        tick();
        await settle();
      }
    },
    async run(seconds) {
      await settle();
      for (let frame = 0; frame < (seconds * 1000) / FRAME_MS; frame++) {
        tick();
        await settle();
      }
    },
    ...rig,
  };
}

/** Takes a piece in ten ticks. */
export function collectRig(): OutputRig & { failNext(): void } {
  const taken: number[] = [];
  let writing: { ticks: number; id: number; resolve: () => void; reject: (e: unknown) => void };
  let isWriting = false;
  const output = new CollectOutput({
    sampleRate: SAMPLE_RATE,
    write: ({ id }, signal) =>
      new Promise<void>((resolve, reject) => {
        isWriting = true;
        writing = { ticks: 0, id, resolve, reject };
        signal.addEventListener('abort', () => {
          isWriting = false;
          reject(signal.reason);
        });
      }),
  });
  const fail = (): void => {
    isWriting = false;
    writing.reject(new Error('the disk is full'));
  };
  const rig = tickingRig(
    () => {
      if (!isWriting || ++writing.ticks < 10) return;
      isWriting = false;
      taken.push(writing.id);
      writing.resolve();
    },
    { output, taken, fail },
  );
  return { ...rig, failNext: fail };
}
