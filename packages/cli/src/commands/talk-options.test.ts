import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { toTalkOptions } from './talk-options.ts';
import type { TalkFlags } from './talk-options.ts';

const t = createTranslate('en');

function read(flags: TalkFlags, isTTY = true) {
  return toTalkOptions(flags, {} as Settings, { stdin: { isTTY } } as Terminal, t);
}

test.each<[TalkFlags, string, string]>([
  [{}, 'microphone', 'heard'],
  [{ pushToTalk: true }, 'microphone', 'told'],
  [{ text: true }, 'typed', 'told'],
  [{ in: ['a.wav'] }, 'files', 'heard'],
  [{ in: ['a.wav'], fast: true }, 'files', 'told'],
  [{ in: ['a.wav'], pushToTalk: true }, 'files', 'told'],
])('%j: input %s, turns %s', (flags, input, turns) => {
  expect(read(flags)).toMatchObject({ input, turns });
});

test.each<[TalkFlags, RegExp]>([
  [{ text: true, in: ['a.wav'] }, /--text/],
  [{ text: true, pushToTalk: true }, /--text/],
  [{ fast: true }, /--in/],
  [{ out: 'x.mp3' }, /WAV or PCM/],
  [{ out: '-', json: true }, /--json/],
  [{ tool: ['weather'] }, /time, dice/],
  [{ tool: ['dice'], model: 'step-audio-r1.5' }, /uses no tools.*stepaudio-2\.5-realtime/],
  [{ model: 'stepaudio-2.5-chat' }, /something else/],
])('%j is refused', (flags, expected) => {
  expect(() => read(flags)).toThrow(expected);
});

test('to press a key needs a keyboard', () => {
  expect(() => read({ pushToTalk: true }, false)).toThrow(/keyboard/);
  expect(read({}, false)).toMatchObject({ input: 'microphone' });
});
