import type { AudioOutput, AudioOutputEvent, AudioPiece } from '@stepvoice/core/audio';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PageSpeaker } from './page-speaker.ts';

const RATE = 1000;

/** A device that is told what was heard. */
class ToldOutput implements AudioOutput {
  readonly takes = 'samples';
  readonly keepsTime = true;
  readonly rates = undefined;
  readonly sampleRate = RATE;
  readonly pieces: AudioPiece[] = [];
  stops = 0;
  error: Error | undefined;
  #tell: (event: AudioOutputEvent) => void = () => undefined;

  enqueue(piece: AudioPiece): Promise<void> {
    if (this.error !== undefined) return Promise.reject(this.error);
    this.pieces.push(piece);
    return Promise.resolve();
  }

  tell(event: AudioOutputEvent): void {
    this.#tell(event);
  }

  /** Hears a piece to its end. */
  hear(at: number): void {
    const pieceId = this.pieces[at]!.id;
    this.tell({ type: 'position', pieceId, seconds: 0, atMs: 0, advancing: true });
    this.tell({ type: 'ended', pieceId, atMs: 0 });
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    this.#tell = listener;
    return () => undefined;
  }

  stop(): void {
    this.stops += 1;
  }

  pause(): void {}
  resume(): void {}
  close(): Promise<void> {
    return Promise.resolve();
  }
}

let output: ToldOutput;
let speaker: PageSpeaker;
let reports: object[];
let nowMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  output = new ToldOutput();
  reports = [];
  nowMs = 0;
  const createDecoder = () => ({
    // A byte is a sample, and a zero cannot be decoded.
    push(bytes: Uint8Array) {
      if (bytes.includes(0)) throw new Error('broken');
      return Int16Array.from(bytes);
    },
    end: () => new Int16Array(0),
  });
  const listener = {
    onReport: (report: object) => reports.push(report),
    onBusy: () => undefined,
    onBlocked: () => undefined,
  };
  speaker = new PageSpeaker(output, createDecoder, listener, () => nowMs);
});
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);
const bytes = (count: number) => new Uint8Array(count).fill(1);

function open(sound: number, ...chunks: number[]): void {
  speaker.open(sound, { kind: 'pcm', sampleRate: RATE, channels: 1 });
  for (const chunk of chunks) speaker.push(sound, bytes(chunk));
}

test('sounds are played in the order of their beginning, each to its end', async () => {
  open(1, 100);
  open(2, 50);
  await speaker.end(2);
  speaker.push(1, bytes(200));
  await speaker.end(1);
  await settle();
  const lengths = output.pieces.map(({ sound }) => 'samples' in sound && sound.samples.length);
  expect(lengths).toEqual([100, 200, 50]);
  for (const at of [0, 1, 2]) output.hear(at);
  expect(reports).toEqual([
    { type: 'playing', sound: 1 },
    { type: 'played', sound: 1, heardMs: 300, whole: true },
    { type: 'playing', sound: 2 },
    { type: 'played', sound: 2, heardMs: 50, whole: true },
  ]);
  expect(speaker.isBusy).toBe(false);
});

test('a cancel tells how much was heard, by the clock since the last position', async () => {
  open(1, 100, 400);
  open(2, 100);
  await settle();
  output.hear(0);
  const pieceId = output.pieces[1]!.id;
  output.tell({ type: 'position', pieceId, seconds: 0.05, atMs: 1000, advancing: true });
  nowMs = 1030;
  speaker.cancel();
  expect(output.stops).toBe(1);
  expect(reports.slice(1)).toEqual([
    { type: 'played', sound: 1, heardMs: 180, whole: false },
    { type: 'played', sound: 2, heardMs: 0, whole: false },
  ]);
  // What still comes of them is not played.
  speaker.push(1, bytes(10));
  await speaker.end(1);
  await settle();
  expect(output.pieces).toHaveLength(2);
  open(3, 10);
  await settle();
  expect(output.pieces).toHaveLength(3);
});

test('never more is told than there was, and nothing while it does not advance', async () => {
  open(1, 100);
  await settle();
  const pieceId = output.pieces[0]!.id;
  output.tell({ type: 'position', pieceId, seconds: 0.04, atMs: 0, advancing: false });
  nowMs = 5000;
  speaker.cancel();
  expect(reports.at(-1)).toMatchObject({ heardMs: 40 });
  open(2, 100);
  await settle();
  output.tell({ type: 'position', pieceId: 2, seconds: 0, atMs: 5000, advancing: true });
  nowMs = 9000;
  speaker.cancel();
  expect(reports.at(-1)).toMatchObject({ sound: 2, heardMs: 100 });
});

test('a sound that stalls holds up others for three seconds, and nobody when it is alone', async () => {
  open(1, 100);
  await settle();
  output.hear(0);
  await vi.advanceTimersByTimeAsync(10_000);
  speaker.push(1, bytes(100));
  await settle();
  expect(output.pieces).toHaveLength(2);
  output.hear(1);
  open(2, 100);
  await vi.advanceTimersByTimeAsync(2000);
  expect(output.pieces).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(4000);
  expect(output.pieces).toHaveLength(3);
  expect(reports).toContainEqual({ type: 'played', sound: 1, heardMs: 200, whole: true });
});

test('a sound that cannot be decoded or played is told, and the next one plays', async () => {
  open(1, 10);
  speaker.push(1, new Uint8Array(1));
  expect(reports.at(-1)).toEqual({ type: 'unplayable', sound: 1 });
  output.error = new Error('no device');
  open(2, 10);
  await settle();
  expect(reports.at(-1)).toEqual({ type: 'unplayable', sound: 2 });
  output.error = undefined;
  open(3, 10);
  await settle();
  expect(output.pieces).toHaveLength(1);
  output.tell({ type: 'failed', error: new Error('gone') });
  expect(reports.at(-1)).toEqual({ type: 'unplayable', sound: 3 });
});

test('a clear lets what has begun go on', async () => {
  open(1, 100);
  await settle();
  open(2, 100);
  speaker.clear();
  expect(reports).toEqual([{ type: 'played', sound: 2, heardMs: 0, whole: false }]);
  await speaker.end(1);
  output.hear(0);
  expect(reports.at(-1)).toEqual({ type: 'played', sound: 1, heardMs: 100, whole: true });
});
