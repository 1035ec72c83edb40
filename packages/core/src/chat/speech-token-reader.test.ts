import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpeechTokenReader, toCodeText } from './speech-token-reader.ts';

test('codes in any pieces, with anything between them', () => {
  const codes = fc.array(fc.nat(6560), { maxLength: 8 });
  const between = fc.constantFrom('', ' ', '<tts_pad>', '<', '<aud', '�');
  fc.assert(
    fc.property(codes, between, fc.array(fc.nat(), { maxLength: 5 }), (wanted, gap, cuts) => {
      const text = wanted.map((code) => toCodeText([code]) + gap).join('');
      const reader = new SpeechTokenReader();
      const read: number[] = [];
      let at = 0;
      for (const cut of cuts.map((each) => each % (text.length + 1)).toSorted((a, b) => a - b)) {
        read.push(...reader.push(text.slice(at, cut)));
        at = cut;
      }
      read.push(...reader.push(text.slice(at)));
      expect(read).toEqual(wanted);
    }),
  );
});

test('what never becomes a code is not kept', () => {
  const reader = new SpeechTokenReader();
  expect(reader.push('<audio_'.padEnd(40, '1'))).toEqual([]);
  expect(reader.push('>')).toEqual([]);
  expect(reader.push('<audio_7>')).toEqual([7]);
});
