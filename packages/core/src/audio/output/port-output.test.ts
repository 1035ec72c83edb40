import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioOutput, AudioOutputEvent, AudioPiece } from './audio-output.ts';
import { toOutputPort, type MessagePortLike, type OutputPort } from './output-port.ts';
import { PortClock } from './port-clock.ts';
import { connectOutput, type ConnectOutputOptions } from './port-output.ts';
import { serveOutput } from './serve-output.ts';
import { PullDevice, SAMPLE_RATE } from './testing/device-rigs.ts';

type Message = { body: { kind: string } };

/** Two ports whose messages are carried by hand, cloned as a real channel clones them. */
class HandChannel {
  readonly near: OutputPort;
  readonly far: OutputPort;
  readonly toFar: unknown[] = [];
  readonly toNear: unknown[] = [];
  isBroken = false;
  readonly #listeners = { near: new Set<Listener>(), far: new Set<Listener>() };

  constructor() {
    this.near = this.#port('near', this.toFar);
    this.far = this.#port('far', this.toNear);
  }

  /** Carries everything, and what comes of it, until nothing is on its way. */
  async carry(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      while (this.toFar.length + this.toNear.length > 0) {
        quiet = 0;
        this.#deliver('far', this.toFar);
        this.#deliver('near', this.toNear);
      }
    }
  }

  close(): void {
    for (const { onClosed } of [...this.#listeners.near, ...this.#listeners.far]) onClosed();
  }

  get listening(): number {
    return this.#listeners.near.size + this.#listeners.far.size;
  }

  #deliver(side: 'near' | 'far', queue: unknown[]): void {
    for (const message of queue.splice(0)) {
      for (const { listener } of this.#listeners[side]) listener(message);
    }
  }

  #port(side: 'near' | 'far', out: unknown[]): OutputPort {
    return {
      post: (message, transfer) => {
        if (this.isBroken) throw new Error('neutered');
        out.push(structuredClone(message, { transfer }));
      },
      subscribe: (listener, onClosed) => {
        const entry = { listener, onClosed };
        this.#listeners[side].add(entry);
        return () => void this.#listeners[side].delete(entry);
      },
    };
  }
}

type Listener = { listener: (message: unknown) => void; onClosed: () => void };

function piece(id: number, seconds = 0.1): AudioPiece {
  const samples = new Int16Array(seconds * SAMPLE_RATE).fill(id + 1);
  return { id, sound: { samples, sampleRate: SAMPLE_RATE } };
}

async function connected(options: ConnectOutputOptions = {}) {
  const channel = new HandChannel();
  const device = new PullDevice();
  const now = () => device.nowMs;
  const endServing = serveOutput(channel.far, device.output, { now });
  const connecting = connectOutput(channel.near, { now, ...options });
  await channel.carry();
  const output = await connecting;
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  return { channel, device, output, events, endServing };
}

function sound(device: PullDevice): number[] {
  return [...new Set(device.pulled.flatMap((frame) => [...frame]))].filter((value) => value !== 0);
}

describe('connecting', () => {
  test('hands on what the far output is', async () => {
    const { output } = await connected();
    const { takes, keepsTime, rates, sampleRate } = output;
    expect({ takes, keepsTime, rates, sampleRate }).toEqual({
      takes: 'samples',
      keepsTime: true,
      rates: undefined,
      sampleRate: SAMPLE_RATE,
    });
    expect(output).toHaveProperty('setRate', undefined);
  });

  test('waits for a far end that comes later', async () => {
    const channel = new HandChannel();
    const connecting = connectOutput(channel.near);
    // Nobody is there to hear it.
    channel.toFar.length = 0;
    await channel.carry();
    serveOutput(channel.far, new PullDevice().output);
    await channel.carry();
    await expect(connecting).resolves.toMatchObject({ takes: 'samples' });
  });

  test('can be given up, and then leaves nothing behind', async () => {
    const channel = new HandChannel();
    const controller = new AbortController();
    const connecting = connectOutput(channel.near, { signal: controller.signal });
    const reason = new Error('no player today');
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(channel.listening).toBe(0);
    const again = connectOutput(channel.near, { signal: controller.signal });
    await expect(again).rejects.toBe(reason);
  });

  test('fails where the port closes, or takes nothing', async () => {
    const channel = new HandChannel();
    const connecting = connectOutput(channel.near);
    channel.close();
    await expect(connecting).rejects.toMatchObject({ code: 'output_gone' });
    channel.isBroken = true;
    await expect(connectOutput(channel.near)).rejects.toMatchObject({ code: 'output_gone' });
    expect(channel.listening).toBe(0);
  });

  test('does not hear what others say on the same channel', async () => {
    const { channel, output, events, device } = await connected();
    for (const queue of [channel.toFar, channel.toNear]) {
      queue.push(undefined, 'hello', 7, { kind: 'gone' }, { channel: 'other', body: {} }, [1]);
    }
    void output.enqueue(piece(1));
    await channel.carry();
    for (let i = 0; i < 8; i++) device.tick();
    await channel.carry();
    expect(events.at(-1)).toMatchObject({ type: 'ended', pieceId: 1 });
  });
});

test('the caller keeps its sound, and no more than the piece is sent', async () => {
  const { channel, output } = await connected();
  const all = new Int16Array(50_000).fill(5);
  void output.enqueue({
    id: 1,
    sound: { samples: all.subarray(100, 200), sampleRate: SAMPLE_RATE },
  });
  const [message] = channel.toFar as [{ body: { piece: { sound: { samples: Int16Array } } } }];
  expect(message.body.piece.sound.samples.buffer.byteLength).toBe(200);
  expect(all.byteLength).toBe(100_000);
});

test('credit lets a few pieces go at once, and the far output the rest', async () => {
  const { channel, device, output } = await connected({ creditSeconds: 0.5 });
  const settled: number[] = [];
  for (let id = 0; id < 20; id++) {
    void output.enqueue(piece(id, 0.1)).then(() => settled.push(id));
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toEqual([0, 1, 2, 3]);
  await channel.carry();
  // A second waits there, and the credit is on its way again.
  const waiting = settled.length;
  expect(waiting).toBeGreaterThanOrEqual(10);
  expect(waiting).toBeLessThan(16);
  for (let i = 0; i < 60; i++) {
    device.tick();
    await channel.carry();
  }
  expect(settled).toHaveLength(20);
});

test('what is late of a time before a stop is not told', async () => {
  const { channel, device, output, events } = await connected();
  void output.enqueue(piece(1, 0.1));
  await channel.carry();
  for (let i = 0; i < 8; i++) device.tick();
  // Its beginning and its end are on their way here.
  expect(channel.toNear.map((message) => (message as Message).body.kind)).toContain('event');
  output.stop();
  const enqueued = output.enqueue(piece(2, 0.1));
  await channel.carry();
  expect(events).toEqual([]);
  for (let i = 0; i < 8; i++) device.tick();
  await channel.carry();
  await enqueued;
  expect(events.map((event) => 'pieceId' in event && event.pieceId)).toEqual([2, 2, 2]);
});

describe('the far end', () => {
  test('that closes fails what waits, once, and for good', async () => {
    const { channel, output, events, device } = await connected({ creditSeconds: 0 });
    const waiting = output.enqueue(piece(1, 0.5));
    await channel.carry();
    const more = [2, 3, 4].map((id) => output.enqueue(piece(id, 0.5)));
    channel.close();
    const results = await Promise.allSettled([waiting, ...more]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(events.map(({ type }) => type)).toEqual(['failed']);
    await expect(output.enqueue(piece(5))).rejects.toMatchObject({ code: 'output_gone' });
    expect(channel.listening).toBe(0);
    device.tick();
    expect(device.output.isIdle).toBe(true);
    await output.close();
  });

  test('that gives up says so, and its output stays open', async () => {
    const { channel, output, events, device, endServing } = await connected();
    await output.enqueue(piece(1));
    endServing();
    endServing();
    await channel.carry();
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'output_gone' } }]);
    void device.output.enqueue(piece(2));
    device.tick();
    expect(sound(device)).toEqual([3]);
  });

  test('that starts again fails what was playing, and plays what comes next', async () => {
    const { channel, output, events } = await connected();
    output.pause();
    void output.enqueue(piece(1));
    await channel.carry();
    const device = new PullDevice();
    serveOutput(channel.far, device.output, { now: () => device.nowMs });
    await channel.carry();
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'output_gone' } }]);
    const enqueued = output.enqueue(piece(2));
    await channel.carry();
    await enqueued;
    device.tick();
    expect(sound(device)).toEqual([]);
    output.resume();
    await channel.carry();
    device.tick();
    expect(sound(device)).toEqual([3]);
  });

  test('drops what one enqueued who is gone, when another connects', async () => {
    const { channel, output, device } = await connected();
    void output.enqueue(piece(1, 1));
    output.pause();
    await channel.carry();
    const connecting = connectOutput(channel.near);
    await channel.carry();
    const other = await connecting;
    void other.enqueue(piece(2));
    void output.enqueue(piece(3));
    await channel.carry();
    for (let i = 0; i < 10; i++) device.tick();
    expect(sound(device)).toEqual([3]);
  });

  test('whose device fails does not play what was on its way', async () => {
    const { channel, output, events, device } = await connected({ creditSeconds: 5 });
    await output.enqueue(piece(1));
    await channel.carry();
    device.output.fail(new TypeError('unplugged'));
    await output.enqueue(piece(2));
    await channel.carry();
    expect(events).toMatchObject([{ type: 'failed', error: { message: 'unplugged' } }]);
    for (let i = 0; i < 10; i++) device.tick();
    expect(sound(device)).toEqual([]);
    await output.enqueue(piece(4));
    await channel.carry();
    device.tick();
    expect(sound(device)).toEqual([5]);
  });

  test('that refuses without a word of failure is not taken for one that plays', async () => {
    const { channel, output, events, device } = await connected();
    await device.output.close();
    await output.enqueue(piece(1));
    await channel.carry();
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'output_closed' } }]);
  });
});

test('a rate travels, where there are rates', async () => {
  const rates: number[] = [];
  const far: AudioOutput = {
    takes: 'clips',
    keepsTime: true,
    rates: [0.5, 3],
    sampleRate: undefined,
    enqueue: () => Promise.resolve(),
    pause() {},
    resume() {},
    stop() {},
    setRate: (rate) => void rates.push(rate),
    subscribe: () => () => {},
    close: () => Promise.resolve(),
  };
  const channel = new HandChannel();
  serveOutput(channel.far, far);
  const connecting = connectOutput(channel.near);
  await channel.carry();
  const output = await connecting;
  expect(() => output.setRate!(4)).toThrow(/0.5 to 3/);
  output.setRate!(1.5);
  await channel.carry();
  serveOutput(channel.far, far);
  await channel.carry();
  expect(rates.slice(0, 2)).toEqual([1.5, 1.5]);
});

test('a real channel that is closed at the other end is noticed', async () => {
  const { port1, port2 } = new MessageChannel();
  const device = new PullDevice();
  serveOutput(toOutputPort(port2 as MessagePortLike), device.output);
  const output = await connectOutput(toOutputPort(port1 as MessagePortLike));
  const failed = new Promise((resolve) => {
    output.subscribe(({ type }) => resolve(type));
  });
  port2.close();
  expect(await failed).toBe('failed');
  port1.close();
});

describe('a clock elsewhere', () => {
  test('on the same machine counts as the same', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1 }), (trips) => {
        const clock = new PortClock();
        let now = 1_790_000_000_000;
        for (const [there, back] of trips) {
          clock.add(now, now + there, now + there + back);
          now += 1000;
        }
        expect(clock.toNear(now, now)).toBe(now);
      }),
      { numRuns: 200 },
    );
  });

  test('that is off is told in ours, to half of the best journey', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(80), fc.nat(80)), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -1e7, max: 1e7 }),
        (trips, off) => {
          const clock = new PortClock();
          let now = 1_790_000_000_000;
          for (const [there, back] of trips) {
            clock.add(now, now + there + off, now + there + back);
            now += 1000;
          }
          const best = Math.min(...trips.map(([there, back]) => there + back));
          expect(Math.abs(clock.toNear(now + off, now) - now)).toBeLessThanOrEqual(best + 1e-6);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('never goes back when it is known better, and follows one that slept', () => {
    const clock = new PortClock();
    clock.add(1000, 901_000, 1200);
    const told = clock.toNear(902_000, 2300);
    clock.add(2000, 901_960, 2001);
    expect(clock.toNear(902_001, 2400)).toBeGreaterThanOrEqual(told);
    for (let i = 0; i < 8; i++) clock.add(10_000 + i, 400_000 + i, 10_004 + i);
    expect(clock.toNear(400_100, 11_000)).toBeCloseTo(10_102, 3);
  });

  test('that jumps ahead moves nothing into the future', () => {
    const clock = new PortClock();
    clock.add(1000, 1000, 1001);
    expect(clock.toNear(9_000_000, 1500)).toBe(1500);
    for (let i = 0; i < 8; i++) clock.add(2000 + i, 9_000_000 + i, 2002 + i);
    expect(clock.toNear(9_000_499, 3000)).toBeCloseTo(2500, 3);
  });
});
