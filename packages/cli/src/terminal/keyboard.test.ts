import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Keyboard, toKeys } from './keyboard.ts';
import type { Key } from './keyboard.ts';
import type { Terminal } from './terminal.ts';

test.each<[string, Key[]]>([
  [' ', ['space']],
  ['\u3000', ['space']],
  ['\r', ['enter']],
  ['\u0003', ['interrupt']],
  ['\u0004', ['end']],
  ['\u001B', ['escape']],
  ['\u001B[A', ['up']],
  ['\u001BOC', ['right']],
  ['\u001B[C\u001B[C\u001B[D', ['right', 'right', 'left']],
  ['\u001B[5~q+', ['page-up', 'quit', 'plus']],
  ['\u001B[1;5A', ['other']],
  ['\u001BOP', ['other']],
  ['a \u0003', ['other', 'space', 'interrupt']],
  ['😀', ['other']],
])('%j is %j', (sent, expected) => {
  expect(toKeys(sent)).toEqual(expected);
});

function fakeTerminal(isTTY: boolean) {
  const modes: boolean[] = [];
  const stdin = Object.assign(new EventEmitter(), {
    isTTY,
    setRawMode: (raw: boolean) => modes.push(raw),
    resume: () => {},
    pause: () => {},
  });
  return { stdin, modes, terminal: { stdin } as unknown as Terminal };
}

test('the terminal is raw while keys are read, and as before afterwards', () => {
  const { stdin, modes, terminal } = fakeTerminal(true);
  const keys: Key[] = [];
  const exits = process.listenerCount('exit');
  const keyboard = Keyboard.open(terminal, (key) => keys.push(key));
  stdin.emit('data', Buffer.from(' '));
  expect(modes).toEqual([true]);
  keyboard?.close();
  keyboard?.close();
  expect(modes).toEqual([true, false]);
  stdin.emit('data', Buffer.from(' '));
  expect(keys).toEqual(['space']);
  expect(process.listenerCount('exit')).toBe(exits);
});

test('a terminal that goes away is an end', () => {
  const { stdin, terminal } = fakeTerminal(true);
  const keys: Key[] = [];
  const keyboard = Keyboard.open(terminal, (key) => keys.push(key));
  stdin.emit('end');
  keyboard?.close();
  expect(keys).toEqual(['end']);
});

test('a pipe has no keys', () => {
  const { terminal, modes } = fakeTerminal(false);
  expect(Keyboard.open(terminal, () => {})).toBeUndefined();
  expect(modes).toEqual([]);
});
