import type { ChatMessage } from '@stepvoice/core/node';
import { createManualClock } from '@stepvoice/emulator';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChatHistory } from './chat-history.ts';
import { createContextHistory } from './history-store.ts';

const LIMITS = { maxMessages: 6, maxCharacters: 40, idleMs: 1000 };

function say(history: ChatHistory, session: string, messages: readonly ChatMessage[]): void {
  const turn = history.begin(session);
  turn.keep(messages);
  turn.end();
}

function earlier(history: ChatHistory, session = 'a'): readonly ChatMessage[] {
  const turn = history.begin(session);
  turn.end();
  return turn.earlier;
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

it('keeps the last turns that fit, and each as a whole', () => {
  const turn = fc
    .array(fc.string({ maxLength: 15 }), { minLength: 1, maxLength: 5 })
    .map((texts) => texts.map((text, index) => (index === 0 ? user(text) : assistant(text))));
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
      const history = new ChatHistory(LIMITS, createManualClock());
      for (const messages of turns) say(history, 'a', messages);
      const kept = earlier(history);
      expect(turns.flat().slice(turns.flat().length - kept.length)).toEqual(kept);
      expect(kept[0]?.role ?? 'user').toBe('user');
      const length = kept.map(({ content }) => content as string).join('').length;
      expect(kept.length).toBeLessThanOrEqual(LIMITS.maxMessages);
      expect(length).toBeLessThanOrEqual(LIMITS.maxCharacters);
    }),
  );
});

it('forgets one, all, and what nobody used for long', () => {
  const clock = createManualClock();
  const history = new ChatHistory(LIMITS, clock);
  for (const session of ['a', 'b', 'c']) say(history, session, [user(session)]);
  history.forget('a');
  expect([earlier(history, 'a'), earlier(history, 'b')]).toEqual([[], [user('b')]]);
  clock.advance(600);
  say(history, 'b', [assistant('x')]);
  clock.advance(600);
  expect([earlier(history, 'b').length, earlier(history, 'c').length]).toEqual([2, 0]);
  history.forget();
  expect(earlier(history, 'b')).toEqual([]);
});

it('does not take up again what was forgotten while it was being said', () => {
  const history = new ChatHistory(LIMITS, createManualClock());
  const turn = history.begin('a');
  const other = history.begin('b');
  history.forget('a');
  turn.keep([user('x')]);
  other.keep([user('y')]);
  expect([earlier(history, 'a'), earlier(history, 'b')]).toEqual([[], [user('y')]]);
});

it('keeps no sound', () => {
  const history = new ChatHistory(LIMITS, createManualClock());
  const audio = { samples: new Int16Array(10), sampleRate: 16_000 };
  const parts = [{ type: 'text', text: 'This:' } as const, { type: 'audio', audio } as const];
  say(history, 'a', [{ role: 'user', content: parts }]);
  expect(earlier(history)).toEqual([user('This:\n(audio)')]);
});

it('holds a thousand conversations', () => {
  const history = new ChatHistory(LIMITS, createManualClock());
  for (let index = 0; index <= 1000; index += 1) say(history, String(index), [user('x')]);
  expect([earlier(history, '0').length, earlier(history, '1').length]).toEqual([0, 1]);
});

it('goes on in another node where it was kept, as old as it is', () => {
  const context = new Map<string, unknown>();
  const flow = {
    get: (key: string) => context.get(key),
    // A context on a disk holds JSON.
    set: (key: string, value: unknown) =>
      void context.set(key, JSON.parse(JSON.stringify(value)) as unknown),
  };
  const open = (clock = createManualClock()): ChatHistory =>
    new ChatHistory(LIMITS, clock, createContextHistory(flow, 'n'));
  const first = open();
  say(first, 'a', [user('1'), assistant('2')]);
  say(first, 'b', [user('3')]);
  expect([earlier(open(), 'a').length, earlier(open(), 'b')]).toEqual([2, [user('3')]]);
  open().forget('b');
  expect([earlier(open(), 'a').length, earlier(open(), 'b')]).toEqual([2, []]);
  const clock = createManualClock();
  const later = open(clock);
  clock.advance(LIMITS.idleMs + 1);
  expect(earlier(later, 'a')).toEqual([]);
  for (const nonsense of [
    null,
    'x',
    [],
    { a: 1 },
    { a: { turns: 'x', usedAt: 0 } },
    { a: { turns: [[1]], usedAt: 0 } },
  ]) {
    context.set('stepvoiceChat_n', nonsense);
    expect(earlier(open(), 'a')).toEqual([]);
  }
});

it('is loaded in the order of its use, also where sessions are numbers', () => {
  const conversation = (usedAt: number) => ({ turns: [[user('x')]], usedAt });
  const stored = { 7: conversation(3), 8: conversation(1), a: conversation(2) };
  const store = createContextHistory({ get: () => stored, set: () => undefined }, 'n');
  expect([...store.load().keys()]).toEqual(['8', 'a', '7']);
});
