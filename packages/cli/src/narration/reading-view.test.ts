import { NarrationPlan } from '@stepvoice/core/narration';
import type { Narration } from '@stepvoice/core/narration';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { CommandContext } from '../command-context.ts';
import { createTranslate } from '../language/translate.ts';
import { ReadingView } from './reading-view.ts';
import type { ReadingStatus } from './reading-view.ts';

const NOTE = '# Rain\n\nIt rained. The **lake** rose.\nWe left.\n\n下雨了。我们走了。\n';
const CODE = /\p{Cc}\[[?\d;]*[A-Za-z]/gu;
const LONG_TEXT = 'This sentence is long enough that it takes two lines. '.repeat(8);

type Options = { text?: string; isTTY?: boolean; columns?: number; zh?: boolean; quiet?: boolean };

function open({ text = NOTE, isTTY = true, columns = 80, zh = false, quiet = false }: Options) {
  const writes: string[] = [];
  const stderr = { isTTY, columns, rows: 24, write: (said: string) => writes.push(said) };
  const env = { TERM: 'xterm', FORCE_COLOR: '1' };
  const terminal = { stdin: { isTTY }, stderr, env };
  const t = createTranslate(zh ? 'zh' : 'en');
  const status: ReadingStatus = {
    state: 'playing',
    share: 0.25,
    tempo: 1,
    waitingSeconds: undefined,
  };
  const set = { ...status } as { -readonly [Key in keyof ReadingStatus]: ReadingStatus[Key] };
  const context = { t, terminal } as unknown as CommandContext;
  const view = new ReadingView(context, { quiet, chapters: 1, status: () => set });
  const plan = new NarrationPlan({ text, format: 'markdown' }, {});
  view.chapter({ plan } as unknown as Narration, undefined);
  const say = (index: number) => view.sentence(plan.utteranceAt(index)!);
  /** What was drawn last. */
  const shown = () => (writes.at(-1) ?? '').replaceAll(CODE, '').replaceAll('\r', '').split('\n');
  return { view, plan, say, shown, set, writes };
}

test('a paragraph is shown with its white space, and the keys below it', () => {
  const { view, say, shown } = open({});
  say(1);
  expect(shown()).toEqual([
    'It rained. The lake rose. We left.',
    '▶ 25 %  1.0×  space pause · ←→ sentence · ↑↓ paragraph · +− tempo · q end',
  ]);
  say(4);
  expect(shown()[0]).toBe('下雨了。我们走了。');
  view.close();
});

test.each([
  [false, 40, '▶ 25 %  1.0×  space pause · q end'],
  [true, 40, '▶ 25 %  1.0×  空格暂停 · ←→句 · q 结束'],
  [false, 24, '▶ 25 %  1.0×  q end'],
  [false, 16, '▶ 25 %  1.0×'],
])('Chinese %s, %i columns: what there is no room for is left away', (zh, columns, line) => {
  const { view, say, shown } = open({ zh, columns });
  say(1);
  expect(shown().at(-1)).toBe(line);
  view.close();
});

test('that the service is waited for is told before the keys are', () => {
  const { view, set, shown } = open({ columns: 40 });
  Object.assign(set, { state: 'buffering', waitingSeconds: 12 });
  view.draw();
  expect(shown()).toEqual(['… 25 %  1.0×  again in 12 s  q end']);
  view.close();
});

test('on any screen each line fits, and few of them', () => {
  for (const columns of [12, 20, 40, 80]) {
    const { view, plan, say, shown } = open({ text: LONG_TEXT, columns });
    for (let index = 0; plan.utteranceAt(index) !== undefined; index += 1) {
      say(index);
      view.word(plan.utteranceAt(index)!, { start: 5, end: 13 });
      expect(shown().length).toBeLessThanOrEqual(8);
      expect(Math.max(...shown().map((line) => stringWidth(line)))).toBeLessThan(columns);
    }
    view.close();
  }
});

test('what has not changed is not drawn again', () => {
  const { view, say, writes } = open({});
  say(1);
  const count = writes.length;
  view.draw();
  expect(writes.length).toBe(count);
  view.close();
});

test('without a screen each sentence is printed as it begins', () => {
  const { view, say, writes } = open({ isTTY: false });
  for (const index of [0, 1, 2]) say(index);
  view.note('A note.');
  view.close();
  expect(writes.join('')).toBe('Rain\nIt rained.\nThe lake rose.\nA note.\n');
});

test('quiet it says nothing', () => {
  for (const isTTY of [true, false]) {
    const { view, say, writes } = open({ isTTY, quiet: true });
    say(1);
    view.note('A note.');
    view.close();
    expect(writes).toEqual([]);
  }
});
