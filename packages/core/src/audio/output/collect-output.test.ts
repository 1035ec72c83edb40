import { describe, expect, test } from 'vitest';
import type { AudioPiece } from './audio-output.ts';
import { CollectOutput } from './collect-output.ts';

function piece(id: number): AudioPiece {
  return { id, sound: { samples: new Int16Array(10), sampleRate: 8000 } };
}

const clip: AudioPiece = {
  id: 1,
  sound: { bytes: new Uint8Array(3), mediaType: 'audio/mpeg', durationSeconds: 1 },
};

/** A callback whose promises are settled by hand. */
function slowWrite() {
  const calls: { id: number; signal: AbortSignal; settle: PromiseWithResolvers<void> }[] = [];
  const write = ({ id }: AudioPiece, signal: AbortSignal): Promise<void> => {
    const settle = Promise.withResolvers<void>();
    calls.push({ id, signal, settle });
    return settle.promise;
  };
  return { calls, write };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('takes files where it is told to, and samples of any rate where none is said', async () => {
  const taken: AudioPiece[] = [];
  const write = (given: AudioPiece) => void taken.push(given);
  const clips = new CollectOutput({ takes: 'clips', write });
  await clips.enqueue(clip);
  await expect(clips.enqueue(piece(2))).rejects.toMatchObject({ path: 'piece.sound' });
  const samples = new CollectOutput({ write });
  await samples.enqueue(piece(3));
  await expect(samples.enqueue(clip)).rejects.toMatchObject({ path: 'piece.sound' });
  expect(taken.map(({ id }) => id)).toEqual([1, 3]);
});

test('each piece waits for the one before', async () => {
  const { calls, write } = slowWrite();
  const output = new CollectOutput({ write });
  const first = output.enqueue(piece(1));
  const second = output.enqueue(piece(2));
  await turn();
  expect(calls.map(({ id }) => id)).toEqual([1]);
  calls[0]!.settle.resolve();
  await first;
  await turn();
  expect(calls.map(({ id }) => id)).toEqual([1, 2]);
  calls[1]!.settle.resolve();
  await second;
});

describe('a piece that is dropped while it is taken', () => {
  test('learns of it, keeps nobody waiting, and never overlaps with the next', async () => {
    const { calls, write } = slowWrite();
    const output = new CollectOutput({ write });
    const dropped = [output.enqueue(piece(1)), output.enqueue(piece(2))];
    await turn();
    output.stop();
    await Promise.all(dropped);
    expect(calls[0]!.signal.aborted).toBe(true);
    void output.enqueue(piece(3));
    await turn();
    expect(calls.map(({ id }) => id)).toEqual([1]);
    calls[0]!.settle.reject(new Error('given up'));
    await turn();
    expect(calls.map(({ id }) => id)).toEqual([1, 3]);
    expect(calls[1]!.signal.aborted).toBe(false);
  });

  test('is not begun at all when it is dropped in the same breath', async () => {
    const { calls, write } = slowWrite();
    const output = new CollectOutput({ write });
    const dropped = output.enqueue(piece(1));
    output.stop();
    await dropped;
    await turn();
    expect(calls).toEqual([]);
  });

  test('holds close up until it is over', async () => {
    const { calls, write } = slowWrite();
    const output = new CollectOutput({ write });
    void output.enqueue(piece(1));
    await turn();
    let isClosed = false;
    const closing = output.close().then(() => (isClosed = true));
    await turn();
    expect(isClosed).toBe(false);
    calls[0]!.settle.resolve();
    await closing;
  });
});

test('a failure reaches all who wait, also one that is thrown', async () => {
  const failures: unknown[] = [];
  const reason = new Error('the disk is full');
  let isBroken = true;
  const output = new CollectOutput({
    write: () => {
      if (isBroken) throw reason;
    },
  });
  output.subscribe((event) => failures.push(event));
  const results = await Promise.allSettled([output.enqueue(piece(1)), output.enqueue(piece(2))]);
  expect(results).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  expect(failures).toEqual([{ type: 'failed', error: reason }]);
  isBroken = false;
  await output.enqueue(piece(3));
});
