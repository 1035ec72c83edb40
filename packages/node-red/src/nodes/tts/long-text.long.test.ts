import { readWav } from '@stepvoice/core/audio';
import { hearDataSpeech } from '@stepvoice/emulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FreshFlows } from '../../testing/fresh-flows.ts';
import { bytesOf, deployTts, heard, startTtsFlows } from './testing/tts-flows.ts';

let flows: FreshFlows;
beforeAll(async () => {
  flows = await startTtsFlows();
});
afterAll(() => flows.rig.close());

const TEXT = '你好，世界！It rains 😀 today. 好的。Take an umbrella. '.repeat(30).trim();
const withoutBlanks = (text: string | undefined): string => (text ?? '').replaceAll(/\s/g, '');

it('is heard as it is written, whole and in chunks', async () => {
  await deployTts(flows, { format: 'wav' });
  flows.send('tts', { payload: TEXT });
  const whole = await flows.next('out');
  expect(withoutBlanks(await hearDataSpeech(readWav(bytesOf(whole))))).toBe(withoutBlanks(TEXT));
  await deployTts(flows, { output: 'stream' });
  flows.send('tts', { payload: TEXT });
  const chunks = (await flows.wholeStream('out')).map(bytesOf);
  expect(withoutBlanks(await heard(Buffer.concat(chunks)))).toBe(withoutBlanks(TEXT));
});

it('leaves as chunks, a hundred thousand characters of it', async () => {
  await deployTts(flows, { output: 'stream', maxCharacters: 100_000, voice: 'cixingnansheng' });
  flows.send('tts', { payload: `${'Yes. '.repeat(200)}${' '.repeat(99_000)}` });
  const last = (await flows.wholeStream('out')).at(-1);
  expect(last?.stepvoice?.usage).toEqual({ characters: 100_000 });
});

it('ends where it becomes too large for an address', async () => {
  const output = { output: 'url', format: 'wav', sampleRate: '48000' };
  await deployTts(flows, output);
  flows.send('tts', { payload: TEXT.repeat(6) });
  expect((await flows.caught()).error.code).toBe('sound_too_large');
  await flows.quiet();
});
