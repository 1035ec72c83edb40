import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommand } from './parse-command.ts';

test.each([
  ['whisper-cli -nt {wav}', ['whisper-cli', '-nt', '{wav}']],
  ['  a\t"b c"  \'d "e"\' ', ['a', 'b c', 'd "e"']],
  [String.raw`C:\Tools\asr.exe --in="{wav}" ''`, [String.raw`C:\Tools\asr.exe`, '--in={wav}', '']],
  ['a; rm $HOME `b` | c', ['a;', 'rm', '$HOME', '`b`', '|', 'c']],
  ['', []],
])('%j', (line, parts) => {
  expect(parseCommand(line)).toEqual(parts);
});

test.each([`a "b`, `a 'b"`])('%j is refused', (line) => {
  expect(() => parseCommand(line)).toThrow(SyntaxError);
});

test('whatever is put in quotes comes out as it was', () => {
  const part = fc.string({ unit: 'grapheme' }).filter((text) => !/["\uD800-\uDFFF]/.test(text));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(parseCommand(parts.map((text) => `"${text}"`).join(' '))).toEqual(parts);
    }),
  );
});
