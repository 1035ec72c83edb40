import { decodePcm16 } from '@stepvoice/core/audio';
import { expect, test } from 'vitest';
import type { AudioSink } from '../output/audio-sink.ts';
import { ReplyFile } from './reply-file.ts';

const { signal } = new AbortController();

function createSink(failure?: Error) {
  const written: number[] = [];
  const state = { finished: false, abandoned: false };
  const sink: AudioSink = {
    isLive: false,
    async write(bytes) {
      if (failure !== undefined) throw failure;
      written.push(...decodePcm16(new Uint8Array(bytes)));
    },
    async room() {},
    async finish() {
      state.finished = true;
      return { file: 'x.wav' };
    },
    async abandon() {
      state.abandoned = true;
      return { file: 'x.part.wav' };
    },
  };
  return { sink, written, state };
}

const piece = (value: number) => new Int16Array(2400).fill(value);

test('replies follow each other', async () => {
  const { sink, written } = createSink();
  const file = new ReplyFile(sink, signal);
  for (const value of [1, 2]) {
    file.begin();
    file.write(piece(value));
    file.end();
  }
  expect(file.isSounding).toBe(false);
  expect(await file.close({ complete: true })).toBe('x.wav');
  expect(written).toHaveLength(4800);
  expect(written.at(-1)).toBe(2);
});

test('with a clock, one that is interrupted is kept as far as it was heard', async () => {
  const { sink, written } = createSink();
  let now = 5000;
  const file = new ReplyFile(sink, signal, () => now);
  file.begin();
  now += 300;
  // 500 ms of sound, which begin to be heard when the first of them comes.
  for (let count = 0; count < 5; count += 1) file.write(piece(1));
  now += 200;
  expect(file.isSounding).toBe(true);
  expect(file.flush()).toBe(200);
  expect(file.isSounding).toBe(false);
  file.write(piece(9));
  file.begin();
  file.write(piece(2));
  now += 1000;
  expect(file.isSounding).toBe(false);
  await file.close({ complete: true });
  expect(written).toHaveLength(4800 + 2400);
  expect(written).not.toContain(9);
});

test('what broke off is abandoned, and a full disk is told', async () => {
  const { sink, state } = createSink();
  const file = new ReplyFile(sink, signal);
  file.write(piece(1));
  expect(await file.close({ complete: false })).toBe('x.part.wav');
  expect(state).toEqual({ finished: false, abandoned: true });
  const full = createSink(new Error('disk full'));
  const broken = new ReplyFile(full.sink, signal);
  broken.write(piece(1));
  await expect(broken.close({ complete: true })).rejects.toThrow('disk full');
  expect(full.state).toEqual({ finished: false, abandoned: true });
});
