import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AudioOutputEvent } from '../../audio/output/audio-output.ts';
import { ManualClock } from '../../net/testing/manual-clock.ts';
import type { SpokenPlace } from '../speech-unit.ts';
import { Player } from './player.ts';
import { isActive } from './player-state.ts';
import type { NarrationState } from './player-state.ts';
import { ScriptedOutput } from './testing/scripted-output.ts';
import { ScriptedSupply, WORD_LENGTH } from './testing/scripted-supply.ts';

type Command =
  | { type: 'play' | 'pause' | 'stop' | 'block' | 'fail' | 'late' | 'voice' }
  | { type: 'seek'; utterance: number; word: number }
  | { type: 'rate'; rate: number }
  | { type: 'edit'; at: number; removed: number; added: number }
  | { type: 'slow'; delayMs: number }
  | { type: 'breakOff'; at: number }
  | { type: 'time'; ms: number; isDeviceLate: boolean };

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('play' as const) }) },
  {
    weight: 16,
    arbitrary: fc.record({
      type: fc.constant('time' as const),
      ms: fc.integer({ min: 1, max: 900 }),
      isDeviceLate: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'pause' as const,
        'stop' as const,
        'block' as const,
        'fail' as const,
        'late' as const,
        'voice' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('seek' as const),
      utterance: fc.nat(6),
      word: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('rate' as const),
      rate: fc.constantFrom(0.5, 1, 1.5, 2, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('edit' as const),
      at: fc.nat(5),
      removed: fc.nat(2),
      added: fc.nat(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('slow' as const),
      delayMs: fc.constantFrom(0, 30, 700),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('breakOff' as const), at: fc.nat(5) }) },
) satisfies fc.Arbitrary<Command>;

/** Carries commands out, and notes down what must never be. */
class Session {
  readonly clock = new ManualClock();
  readonly output: ScriptedOutput;
  readonly supply: ScriptedSupply;
  readonly player: Player;
  readonly wrongs: string[] = [];
  ends = 0;
  #state: NarrationState = 'idle';
  #toneNumber = 6;
  /** What was told last since the last jump. */
  #last: SpokenPlace | undefined;
  #isClosed = false;
  readonly #events: AudioOutputEvent[] = [];

  constructor(hasRates: boolean) {
    this.output = new ScriptedOutput(
      () => this.clock.now(),
      hasRates ? { takes: 'clips', rates: [0.5, 2] } : {},
    );
    this.output.subscribe((event) => this.#events.push(event));
    this.supply = new ScriptedSupply(
      this.clock,
      [3, 1, 4, 2, 25, 2].map((words, index) => ({
        tone: index + 1,
        words,
        pauseMs: index % 2 === 0 ? 0 : 120,
      })),
    );
    this.player = new Player(
      {
        output: this.output,
        clock: this.clock,
        supply: this.supply,
        plan: this.supply,
        place: { utterance: 0, offset: 0 },
        listener: {
          onState: (state) => {
            this.#check(state !== this.#state, `${state} twice`);
            this.#check(state === this.player.state, 'tells another state than it has');
            this.#state = state;
            if (state === 'ended') this.#last = undefined;
          },
          onUtterance: (utterance) => this.#tell({ utterance, offset: -1 }),
          onWord: (utterance, { start }) => this.#tell({ utterance, offset: start }),
          onPosition: () => this.#check(!this.#isClosed, 'a position after the close'),
          onSkipped: () => undefined,
          onUnit: () => undefined,
          onFailed: () => {
            this.#check(this.#state === 'failed', 'a failure that is none');
            this.#last = undefined;
          },
          onEnded: () => {
            this.ends += 1;
            this.#check(this.#state === 'ended', 'an end that is none');
          },
        },
      },
      1,
    );
  }

  async carryOut(one: Command): Promise<void> {
    const before = this.player.place;
    switch (one.type) {
      case 'play':
        if (this.player.state === 'ended') this.#last = undefined;
        this.output.isBlocked = false;
        this.player.play();
        break;
      case 'pause':
        this.player.pause();
        break;
      case 'stop':
        this.player.stop();
        this.#last = undefined;
        this.#check(this.output.held.length === 0, 'sound after a stop');
        this.#check(this.#isAtOrBehind(this.player.place, before), 'a stop goes back');
        break;
      case 'block':
        this.output.isBlocked = true;
        this.output.emit({ type: 'blocked' });
        break;
      case 'fail':
        this.output.stop();
        this.output.emit({ type: 'failed', error: new Error('gone') });
        break;
      case 'late':
        this.#repeatEvents();
        break;
      case 'seek': {
        const utterance = Math.min(one.utterance, this.supply.sentences.length);
        const words = this.supply.sentences[utterance]?.words ?? 1;
        const place = { utterance, offset: (one.word % words) * WORD_LENGTH };
        this.player.moveTo(place);
        this.#last = undefined;
        break;
      }
      case 'rate':
        this.player.setRate(one.rate);
        this.#check(this.#isAtOrBehind(this.player.place, before), 'a rate goes back');
        break;
      case 'edit':
        this.#edit(one);
        break;
      case 'voice':
        this.player.replan({
          indexOf: (index) => index,
          resumeAt: { utterance: before.utterance + (this.player.hasPlace ? 1 : 0), offset: 0 },
          isStale: true,
        });
        break;
      case 'slow':
        this.supply.delayMs = one.delayMs;
        break;
      case 'breakOff':
        this.supply.failure = { at: one.at, error: new Error('no more') };
        break;
      case 'time':
        await this.#pass(one.ms, one.isDeviceLate);
    }
    await this.clock.advance(0);
    this.#checkPieces();
  }

  /** Nothing stands in the way any more: it must come to its end. */
  async finish(): Promise<void> {
    this.supply.failure = undefined;
    this.supply.delayMs = 0;
    const { ends } = this;
    if (this.player.state === 'ended') return;
    for (let tries = 0; tries < 100 && this.ends === ends; tries += 1) {
      await this.carryOut({ type: 'play' });
      await this.#pass(900, false);
    }
    this.#check(this.ends === ends + 1, `not at its end, but ${this.player.state}`);
  }

  async close(): Promise<void> {
    this.player.close();
    this.#isClosed = true;
    await this.clock.advance(0);
    this.#repeatEvents();
    await this.clock.advance(5000);
    this.#check(this.clock.pending === 0, 'a timer is left');
    this.#check(this.supply.open === 0, 'a feed is left');
    this.#check(this.output.listeners.size === 1, 'a subscription is left');
    this.#check(this.output.held.length === 0, 'sound is left');
  }

  async #pass(ms: number, isDeviceLate: boolean): Promise<void> {
    if (isDeviceLate) {
      await this.clock.advance(ms);
      this.output.play(ms);
      return;
    }
    for (let left = ms; left > 0; left -= 100) {
      const before = this.player.place;
      const { ends } = this;
      const step = Math.min(100, left);
      await this.clock.advance(step);
      this.output.play(step);
      if (ends === this.ends && this.#last !== undefined) {
        this.#check(this.#isAtOrBehind(this.player.place, before), 'time goes back');
      }
    }
  }

  #edit({ at, removed, added }: { at: number; removed: number; added: number }): void {
    const { sentences } = this.supply;
    const first = Math.min(at, sentences.length);
    const gone = Math.min(removed, sentences.length - first);
    const fresh = Array.from({ length: added }, () => ({
      tone: (this.#toneNumber += 1),
      words: 2,
      pauseMs: 60,
    }));
    const { utterance } = this.player.place;
    this.supply.sentences = sentences.toSpliced(first, gone, ...fresh);
    const indexOf = (index: number) => {
      if (index < first) return index;
      return index < first + gone ? undefined : index - gone + added;
    };
    const next = this.player.hasPlace
      ? (indexOf(utterance) ?? first + added - 1) + 1
      : (indexOf(utterance) ?? first);
    this.player.replan({
      indexOf,
      resumeAt: { utterance: next, offset: 0 },
      isStale: false,
    });
    if (this.#last !== undefined) {
      const moved = indexOf(this.#last.utterance);
      this.#last = moved === undefined ? undefined : { ...this.#last, utterance: moved };
    }
  }

  #tell(place: SpokenPlace): void {
    this.#check(!this.#isClosed, 'tells after the close');
    this.#check(
      isActive(this.player.state) || this.#state === 'paused',
      'tells while it is silent',
    );
    const sentence = this.supply.sentences[place.utterance];
    this.#check(sentence !== undefined, 'tells what is not there');
    if (this.#last !== undefined) {
      this.#check(this.#isAtOrBehind(place, this.#last), 'tells backwards');
      const isSame = place.utterance === this.#last.utterance && place.offset === this.#last.offset;
      this.#check(!isSame, 'tells twice');
    }
    this.#last = place;
  }

  #isAtOrBehind(place: SpokenPlace, other: SpokenPlace): boolean {
    return (
      place.utterance > other.utterance ||
      (place.utterance === other.utterance && place.offset >= other.offset)
    );
  }

  /** What the output holds is of one go: in order, and without a piece twice. */
  #checkPieces(): void {
    const ids = this.output.held.map(({ piece }) => piece.id);
    this.#check(
      ids.every((id, index) => index === 0 || id > ids[index - 1]!),
      'pieces out of order',
    );
    this.#check(
      ids.every((id) => !this.output.dropped.includes(id)),
      'a dropped piece',
    );
  }

  #repeatEvents(): void {
    const held = new Set(this.output.held.map(({ piece }) => piece.id));
    for (const event of this.#events.splice(0)) {
      if ('pieceId' in event && !held.has(event.pieceId)) this.output.emit(event);
    }
    this.#events.length = 0;
  }

  #check(isRight: boolean, wrong: string): void {
    if (!isRight) this.wrongs.push(wrong);
  }
}

test('whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(command, { maxLength: 30 }),
      async (hasRates, commands) => {
        const session = new Session(hasRates);
        for (const one of commands) await session.carryOut(one);
        await session.finish();
        await session.close();
        expect(session.wrongs).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});
