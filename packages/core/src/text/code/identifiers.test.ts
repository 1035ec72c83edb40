import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { speakableIdentifier, splitIdentifier } from './identifiers.ts';

test.each([
  ['fetchUserById2', 'fetch user by id 2'],
  ['HTTP_SERVER_URL', 'HTTP server URL'],
  ['XMLHttpRequest', 'XML HTTP request'],
  ['parseHTTPResponse2', 'parse HTTP response 2'],
  ['snake_case_name', 'snake case name'],
  ['kebab-case-name', 'kebab case name'],
  ['MAX_RETRY_COUNT', 'max retry count'],
  ['__init__', 'init'],
  ['_private', 'private'],
  ['$scope', 'scope'],
  ['userID', 'user ID'],
  ['isÉtat', 'is état'],
  ['getX', 'get x'],
  ['i', 'i'],
  ['URL', 'URL'],
  ['TTS_BGM', 'TTS BGM'],
  ['用户Name', '用户 name'],
  ['获取用户', '获取用户'],
  ['sha256Sum', 'sha 256 sum'],
  ['', ''],
  ['___', ''],
])('%s is "%s"', (name, expected) => {
  expect(speakableIdentifier(name).text).toBe(expected);
  expect(splitIdentifier(name).join(' ')).toBe(expected);
});

test('every letter and digit is said once, and each word maps to its place', () => {
  const name = fc.string({
    unit: fc.constantFrom(...'a b c X Y Z 0 1 9 _ - $ é 用 Ж'.split(' ')),
    maxLength: 20,
  });
  fc.assert(
    fc.property(name, (written) => {
      const spoken = speakableIdentifier(written);
      expect(spoken.text.replaceAll(' ', '').toLowerCase()).toBe(
        written.replaceAll(/[_$-]/gu, '').toLowerCase(),
      );
      let place = 0;
      for (const word of spoken.text.split(' ')) {
        const { start, end } = spoken.toSource({ start: place, end: place + word.length });
        expect(written.slice(start, end).toLowerCase()).toBe(word.toLowerCase());
        place += word.length + 1;
      }
    }),
    { numRuns: 200 },
  );
});
