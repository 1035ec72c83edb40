import { expect } from 'vitest';
import { StepAudioError, ValidationError } from '../../../errors.ts';
import type { AudioOutput, AudioOutputEvent, AudioPiece } from '../audio-output.ts';

/** An output on a device that can be watched. Its `enqueue` settles while less than a second is waiting. */
export type OutputRig = {
  readonly output: AudioOutput;
  /** How far a time may be off: that of a device that runs by itself. */
  readonly toleranceSeconds: number;
  piece(id: number, seconds: number): AudioPiece;
  /** A piece that the output does not take. */
  wrongPiece(): AudioPiece;
  /** Lets the device run until the condition holds; throws when it never does. */
  until(condition: () => boolean): Promise<void>;
  /** Lets the device run for so long. */
  run(seconds: number): Promise<void>;
  /** Breaks the device once. */
  fail?(): void;
  /** Of an output that keeps no time: the pieces that were taken. */
  readonly taken?: readonly number[];
};

export type OutputBehaviour = {
  readonly name: string;
  readonly needs?: readonly ('time' | 'rates' | 'samples' | 'failure')[];
  check(rig: OutputRig): Promise<void>;
};

type Position = Extract<AudioOutputEvent, { type: 'position' }>;

/** Everything that an output has told, and questions about it. */
class Record {
  readonly events: AudioOutputEvent[] = [];

  constructor({ output }: OutputRig) {
    output.subscribe((event) => this.events.push(event));
  }

  get ended(): number[] {
    return this.events.flatMap((event) => (event.type === 'ended' ? [event.pieceId] : []));
  }

  positions(id?: number): Position[] {
    return this.events.filter(
      (event): event is Position =>
        event.type === 'position' && (id === undefined || event.pieceId === id),
    );
  }

  get last(): Position | undefined {
    return this.positions().at(-1);
  }

  failures(): AudioOutputEvent[] {
    return this.events.filter(({ type }) => type === 'failed');
  }
}

/** What has become of a promise by now. */
function watch(promise: Promise<void>): {
  state: 'pending' | 'settled' | 'failed';
  error: unknown;
} {
  const watched: ReturnType<typeof watch> = { state: 'pending', error: undefined };
  promise.then(
    () => (watched.state = 'settled'),
    (error: unknown) => {
      watched.state = 'failed';
      watched.error = error;
    },
  );
  return watched;
}

function enqueueAll(rig: OutputRig, ids: readonly number[], seconds: number) {
  return ids.map((id) => watch(rig.output.enqueue(rig.piece(id, seconds))));
}

function expectTimesForward(record: Record): void {
  const timed = record.events.filter((event) => 'atMs' in event);
  for (const [index, event] of timed.entries()) {
    expect(event.atMs).toBeGreaterThanOrEqual(timed[index - 1]?.atMs ?? 0);
  }
}

/** Longer than an output with a measure of one second takes at once, also behind a port with a credit of its own. */
const MUCH = [1, 2, 3, 4, 5, 6, 7, 8] as const;

export const OUTPUT_BEHAVIOURS: readonly OutputBehaviour[] = [
  {
    name: 'plays in order, and says once of each piece that it ended',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      const enqueued = enqueueAll(rig, [7, 3, 5], 0.25);
      await rig.until(() => record.ended.length === 3);
      await rig.run(0.1);
      expect(record.ended).toEqual([7, 3, 5]);
      expect(enqueued.map(({ state }) => state)).toEqual(['settled', 'settled', 'settled']);
      expect(record.failures()).toEqual([]);
    },
  },
  {
    name: 'takes pieces in order, one after the other',
    async check(rig) {
      const record = new Record(rig);
      const heard = () => rig.taken ?? record.ended;
      enqueueAll(rig, [1, 2, 3], 0.1);
      await rig.until(() => heard().length === 3);
      expect(heard()).toEqual([1, 2, 3]);
    },
  },
  {
    name: 'tells where it is from the start of each piece, forwards, and at least four times a second',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      enqueueAll(rig, [1, 2], 0.8);
      await rig.until(() => record.ended.length === 2);
      expectTimesForward(record);
      for (const id of [1, 2]) {
        const positions = record.positions(id);
        expect(positions.length).toBeGreaterThanOrEqual(4);
        expect(positions[0]).toMatchObject({ advancing: true });
        expect(positions[0]!.seconds).toBeLessThanOrEqual(rig.toleranceSeconds);
        for (const [index, position] of positions.entries()) {
          const before = positions[index - 1];
          if (before === undefined) continue;
          const passed = (position.atMs - before.atMs) / 1000;
          expect(position.seconds).toBeGreaterThanOrEqual(before.seconds);
          const error = position.seconds - before.seconds - passed;
          expect(Math.abs(error)).toBeLessThanOrEqual(rig.toleranceSeconds);
        }
      }
      const order = record.events.map((event) => `${event.type}`);
      const firstOfSecond = record.events.indexOf(record.positions(2)[0]!);
      expect(order.indexOf('ended')).toBeLessThan(firstOfSecond);
    },
  },
  {
    name: 'stands at the end of a piece that nothing follows, and begins with one that comes late',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      enqueueAll(rig, [1], 0.3);
      await rig.until(() => record.ended.length === 1);
      const { last } = record;
      expect(last).toMatchObject({ pieceId: 1, advancing: false });
      expect(Math.abs(last!.seconds - 0.3)).toBeLessThanOrEqual(rig.toleranceSeconds);
      expect(record.events.at(-1)).toMatchObject({ type: 'ended', pieceId: 1 });
      await rig.run(0.2);
      expect(record.last).toBe(last);
      enqueueAll(rig, [2], 0.2);
      await rig.until(() => record.ended.length === 2);
      expect(record.positions(2)[0]).toMatchObject({ advancing: true });
      expectTimesForward(record);
    },
  },
  {
    name: 'makes the next piece wait for room, and not for longer',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      const enqueued = enqueueAll(rig, MUCH, 0.5);
      await rig.until(() => enqueued[0]!.state === 'settled');
      expect(enqueued.at(-1)!.state).toBe('pending');
      rig.output.stop();
      const [first, second] = [enqueueAll(rig, [11], 0.7), enqueueAll(rig, [12], 0.7)];
      await rig.until(() => first[0]!.state === 'settled' && second[0]!.state === 'settled');
      expect(record.ended).not.toContain(12);
    },
  },
  {
    name: 'holds the sound at a pause, and goes on from there',
    needs: ['time'],
    async check(rig) {
      const { output } = rig;
      const record = new Record(rig);
      enqueueAll(rig, [1], 0.9);
      await rig.until(() => (record.last?.seconds ?? 0) > 0.1);
      output.pause();
      output.pause();
      await rig.until(() => record.last?.advancing === false);
      const told = record.events.length;
      const held = record.last!;
      await rig.run(0.5);
      expect(record.events).toHaveLength(told);
      output.resume();
      output.resume();
      await rig.until(() => record.events.length > told);
      expect(record.events[told]).toMatchObject({ type: 'position', pieceId: 1, advancing: true });
      const resumed = record.last!;
      expect(Math.abs(resumed.seconds - held.seconds)).toBeLessThanOrEqual(rig.toleranceSeconds);
      expect(resumed.seconds).toBeGreaterThanOrEqual(held.seconds);
      await rig.until(() => record.ended.length === 1);
      expectTimesForward(record);
      const advancing = record.positions(1).map((position) => position.advancing);
      expect(advancing.filter((value) => !value)).toHaveLength(2);
    },
  },
  {
    name: 'can be paused before the first piece',
    async check(rig) {
      const record = new Record(rig);
      rig.output.pause();
      enqueueAll(rig, [1], 0.2);
      await rig.run(0.4);
      expect(record.events).toEqual([]);
      expect(rig.taken ?? []).toEqual([]);
      rig.output.resume();
      await rig.until(() => (rig.taken ?? record.ended).length === 1);
    },
  },
  {
    name: 'takes a resumption without a pause calmly',
    async check(rig) {
      const record = new Record(rig);
      rig.output.resume();
      await rig.run(0.1);
      expect(record.events).toEqual([]);
      enqueueAll(rig, [1], 0.2);
      rig.output.resume();
      await rig.until(() => (rig.taken ?? record.ended).length === 1);
      expect(record.failures()).toEqual([]);
    },
  },
  {
    name: 'says nothing of dropped pieces after a stop, and plays what comes next',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      enqueueAll(rig, [1, 2], 0.4);
      await rig.until(() => record.positions(1).length > 0);
      rig.output.stop();
      const told = record.events.length;
      await rig.run(0.6);
      expect(record.events).toHaveLength(told);
      enqueueAll(rig, [3], 0.2);
      await rig.until(() => record.ended.length > 0);
      expect(record.ended).toEqual([3]);
      expect(record.positions(2)).toEqual([]);
    },
  },
  {
    name: 'can be used at once after a stop, and stopped twice',
    async check(rig) {
      const record = new Record(rig);
      rig.output.stop();
      enqueueAll(rig, [1], 0.5);
      await rig.run(0.2);
      rig.output.stop();
      rig.output.stop({ fadeMs: 0 });
      const [enqueued] = enqueueAll(rig, [2], 0.2);
      await rig.until(() => (rig.taken ?? record.ended).includes(2));
      expect(record.ended).toEqual(rig.taken === undefined ? [2] : []);
      await rig.until(() => enqueued!.state === 'settled');
    },
  },
  {
    name: 'lets everybody go who waits for room, at a stop',
    async check(rig) {
      const enqueued = enqueueAll(rig, MUCH, 0.6);
      await rig.run(0.1);
      expect(enqueued.at(-1)!.state).toBe('pending');
      rig.output.stop();
      await rig.until(() => enqueued.every(({ state }) => state === 'settled'));
    },
  },
  {
    name: 'stays paused through a stop',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      enqueueAll(rig, [1], 0.6);
      await rig.until(() => record.positions(1).length > 0);
      rig.output.pause();
      await rig.until(() => record.last?.advancing === false);
      rig.output.stop();
      const told = record.events.length;
      enqueueAll(rig, [2], 0.2);
      await rig.run(0.4);
      expect(record.events).toHaveLength(told);
      rig.output.resume();
      await rig.until(() => record.ended.length > 0);
      expect(record.ended).toEqual([2]);
      expect(record.positions(1).filter(({ advancing }) => !advancing)).toHaveLength(1);
    },
  },
  {
    name: 'can be stopped by who is told that a piece ended',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      const off = rig.output.subscribe((event) => {
        if (event.type !== 'ended') return;
        off();
        rig.output.stop();
        void rig.output.enqueue(rig.piece(3, 0.2));
      });
      enqueueAll(rig, [1, 2], 0.3);
      await rig.until(() => record.ended.length === 2);
      expect(record.ended).toEqual([1, 3]);
    },
  },
  {
    name: 'does not call back who has left',
    needs: ['time'],
    async check(rig) {
      const record = new Record(rig);
      const calls: string[] = [];
      const off = rig.output.subscribe(({ type }) => calls.push(type));
      off();
      off();
      enqueueAll(rig, [1], 0.2);
      await rig.until(() => record.ended.length === 1);
      expect(calls).toEqual([]);
    },
  },
  {
    name: 'closes with things queued: nobody waits for ever, nothing is told, nothing can be enqueued',
    async check(rig) {
      const { output } = rig;
      const record = new Record(rig);
      const enqueued = enqueueAll(rig, MUCH, 0.6);
      await rig.run(0.1);
      await output.close();
      const told = record.events.length;
      await rig.until(() => enqueued.every(({ state }) => state === 'settled'));
      output.pause();
      output.resume();
      output.stop();
      await output.close();
      await rig.run(0.3);
      expect(record.events).toHaveLength(told);
      const refused = output.enqueue(rig.piece(9, 0.1));
      await expect(refused).rejects.toThrow(StepAudioError);
      await expect(output.enqueue(rig.piece(9, 0.1))).rejects.toMatchObject({
        code: 'output_closed',
      });
    },
  },
  {
    name: 'refuses what it cannot play, and nothing else suffers',
    async check(rig) {
      const record = new Record(rig);
      enqueueAll(rig, [1], 0.2);
      await expect(rig.output.enqueue(rig.wrongPiece())).rejects.toThrow(ValidationError);
      enqueueAll(rig, [2], 0.2);
      await rig.until(() => (rig.taken ?? record.ended).length === 2);
      expect(record.failures()).toEqual([]);
    },
  },
  {
    name: 'passes an empty piece in its turn',
    needs: ['time', 'samples'],
    async check(rig) {
      const record = new Record(rig);
      for (const [id, seconds] of [0, 0.2, 0, 0, 0.1, 0].entries()) enqueueAll(rig, [id], seconds);
      await rig.until(() => record.ended.length === 6);
      expect(record.ended).toEqual([0, 1, 2, 3, 4, 5]);
      expect(record.positions(2)[0]).toMatchObject({ seconds: 0 });
    },
  },
  {
    name: 'tells once that the device failed, with the reason, to all who wait; the next piece is another try',
    needs: ['failure'],
    async check(rig) {
      const record = new Record(rig);
      const enqueued = enqueueAll(rig, MUCH, 0.6);
      await rig.run(0.2);
      const waiting = enqueued.filter(({ state }) => state === 'pending');
      expect(waiting.length).toBeGreaterThan(0);
      rig.fail!();
      await rig.until(() => record.failures().length > 0);
      await rig.until(() => waiting.every(({ state }) => state === 'failed'));
      const told = record.events.length;
      await rig.run(0.3);
      expect(record.events).toHaveLength(told);
      expect(record.failures()).toHaveLength(1);
      expect(waiting[0]!.error).toBe((record.failures()[0] as { error: unknown }).error);
      enqueueAll(rig, [20], 0.2);
      const ended = () => (rig.taken ?? record.ended).at(-1);
      await rig.until(() => ended() === 20);
    },
  },
  {
    name: 'plays at another rate, also what sounds',
    needs: ['time', 'rates'],
    async check(rig) {
      const { output } = rig;
      const record = new Record(rig);
      const [least, most] = output.rates!;
      expect(() => output.setRate!(most + 0.1)).toThrow(ValidationError);
      expect(() => output.setRate!(least - 0.1)).toThrow(ValidationError);
      expect(() => output.setRate!(Number.NaN)).toThrow(ValidationError);
      enqueueAll(rig, [1, 2], 0.9);
      await rig.until(() => record.positions(1).length > 1);
      const told = record.events.length;
      output.setRate!(2);
      await rig.until(() => record.events.length > told);
      expect(record.last).toMatchObject({ advancing: true });
      await rig.until(() => record.ended.length === 2);
      const [from, ...rest] = record.positions(2).filter(({ advancing }) => advancing);
      const to = rest.at(-1)!;
      const rate = (to.seconds - from!.seconds) / ((to.atMs - from!.atMs) / 1000);
      // A device needs a moment until its own time runs at the new rate.
      expect(rate).toBeGreaterThan(1.3);
      expect(rate).toBeLessThan(2.7);
      expectTimesForward(record);
    },
  },
];

/** Whether an output has what the behaviour is about. */
export function applies({ needs = [] }: OutputBehaviour, rig: OutputRig): boolean {
  const { output } = rig;
  return needs.every((need) => {
    switch (need) {
      case 'time':
        return output.keepsTime;
      case 'rates':
        return output.rates !== undefined;
      case 'samples':
        return output.takes === 'samples';
      case 'failure':
        return rig.fail !== undefined;
    }
  });
}
