import { expect, test } from 'vitest';
import { createTranslate } from '../language/translate.ts';
import { toSpeechOutput } from './speech-output.ts';

const t = createTranslate('en');

test.each([
  [{}, { destination: { kind: 'player' }, format: 'pcm' }],
  [{ out: '-' }, { destination: { kind: 'stdout' }, format: 'wav' }],
  [
    { out: '-', format: 'MP3' },
    { destination: { kind: 'stdout' }, format: 'mp3' },
  ],
  [{ out: 'a.wav' }, { destination: { kind: 'file', path: 'a.wav' }, format: 'wav' }],
  [{ out: 'b/A.OGG' }, { destination: { kind: 'file', path: 'b/A.OGG' }, format: 'opus' }],
  [{ out: 'a.raw' }, { destination: { kind: 'file', path: 'a.raw' }, format: 'pcm' }],
  [
    { out: 'a.bin', format: 'flac' },
    { destination: { kind: 'file', path: 'a.bin' }, format: 'flac' },
  ],
  [
    { out: 'a.wav', format: 'wav' },
    { destination: { kind: 'file', path: 'a.wav' }, format: 'wav' },
  ],
])('%j', (given, expected) => {
  expect(toSpeechOutput(given, t)).toEqual(expected);
});

test.each([
  [{ out: 'a.m4a' }, /one of: mp3, wav, flac, opus, pcm/],
  [{ out: 'noextension' }, /--format/],
  [{ out: 'a.wav', format: 'mp3' }, /\.wav does not belong to the format mp3/],
  [{ out: 'a.wav', format: 'aac' }, /aac.*Possible: mp3/],
  [{ format: 'mp3' }, /needs --out/],
  [{ out: ' ' }, /name of a file/],
])('%j is refused', (given, message) => {
  expect(() => toSpeechOutput(given, t)).toThrow(message);
});
