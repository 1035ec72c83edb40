import { encodeBase64, writeWav } from '@stepvoice/core/audio';
import { expect, test } from 'vitest';
import { EventRefusal } from './event-refusal.ts';
import { decodeInputAudio } from './input-audio.ts';

function refusalOf(audio: string): EventRefusal {
  try {
    decodeInputAudio(audio, 'audio');
  } catch (error) {
    if (error instanceof EventRefusal) return error;
    throw error;
  }
  throw new Error('not refused');
}

test('samples are signed and little-endian', () => {
  const audio = encodeBase64(Uint8Array.of(1, 0, 0xff, 0xff, 0, 0x80));
  expect(decodeInputAudio(audio, 'audio')).toEqual(Int16Array.of(1, -1, -32_768));
  expect(decodeInputAudio('', 'audio')).toEqual(new Int16Array(0));
});

test('a WAV file is read as one, at its own rate', () => {
  const samples = Int16Array.of(1, 2, 3, 4);
  const read = (sampleRate: number) =>
    decodeInputAudio(encodeBase64(writeWav({ samples, sampleRate })), 'audio');
  expect(read(24_000)).toEqual(samples);
  expect(read(12_000)).toHaveLength(8);
});

test.each([
  ['*?*', 'audio is not valid base64'],
  ['AAAA', 'audio is incomplete: 3 bytes are no whole 16-bit samples'],
  ['data:audio/wav;base64,AAAA', 'audio is a data URL; send the base64 alone'],
  [
    encodeBase64(writeWav({ samples: new Int16Array(8), sampleRate: 24_000 }).subarray(0, 30)),
    'audio begins like a WAV file and is not a readable one',
  ],
  [encodeBase64(new TextEncoder().encode('OggS....')), 'header of a file (OggS)'],
  ['A'.repeat(15_000_004), 'audio has 15000004 bytes; at most 15000000 are allowed'],
])('%.40s is refused as an invalid parameter', (audio, message) => {
  const refusal = refusalOf(audio);
  expect(refusal.message).toContain(message);
  expect(refusal).toMatchObject({ code: 'invalid_param', param: 'audio' });
});

test('as much as is allowed is taken', () => {
  expect(decodeInputAudio('A'.repeat(15_000_000), 'audio').length).toBe(5_625_000);
});
