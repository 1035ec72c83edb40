import { expect, test } from 'vitest';
import { concatSamples } from '../../audio/pcm.ts';
import { readWav } from '../../audio/wav-reader.ts';
import { systemClock } from '../../net/clock.ts';
import { createMemoryCache } from '../memory-cache.ts';
import { createSimulatedSpeech } from '../testing/simulated-service.ts';
import type { SimulatedFault, SimulatedRequest } from '../testing/simulated-service.ts';
import { MemoryRenderFile } from './memory-render-file.ts';
import { renderNarration } from './render-narration.ts';
import { streamNarration } from './stream-narration.ts';
import type { NarratedSentence } from './stream-narration.ts';
import type { NarrationTranscript } from './subtitle-writer.ts';

const CHAPTERS = [
  {
    title: 'Harbour',
    text: '# Harbour\n\nThe ferry leaves at seven. Nobody waits.\n\n清晨的码头没有人。',
  },
  { title: 'Evening', text: '# Evening\n\nThe lamps are lit. “Come in,” said Anna.' },
].map(({ title, text }) => ({ title, source: { text, format: 'markdown' as const } }));

function setUp(fault?: (request: SimulatedRequest) => SimulatedFault | undefined) {
  const { service, speech } = createSimulatedSpeech({
    clock: systemClock,
    firstByteMs: 0,
    msPerCharacter: 0,
    requestsPerMinute: 1e6,
    ...(fault && { fault }),
  });
  const options = {
    speech,
    voice: { voice: 'ruyananshi' },
    cast: { Anna: { voice: 'linjiajiejie' } },
    cache: createMemoryCache(),
    sampleRate: 8000,
  } as const;
  return { service, options };
}

async function all(sentences: AsyncIterable<NarratedSentence>): Promise<NarratedSentence[]> {
  const found: NarratedSentence[] = [];
  for await (const sentence of sentences) found.push(sentence);
  return found;
}

test('is what a render writes, sentence by sentence', async () => {
  const { service, options } = setUp();
  const sentences = await all(streamNarration(CHAPTERS, options));
  const requests = service.requests.length;

  const files = { sound: new MemoryRenderFile(), words: new MemoryRenderFile() };
  const report = await renderNarration(CHAPTERS, { ...options, files, format: 'wav' });
  expect(service.requests.length).toBe(requests);
  const rendered = readWav(files.sound.bytes);
  const streamed = concatSamples(sentences.map(({ sound }) => sound.samples));
  expect(streamed.length).toBe(rendered.samples.length);
  expect(streamed.every((sample, index) => sample === rendered.samples[index])).toBe(true);

  const written = JSON.parse(new TextDecoder().decode(files.words.bytes)) as NarrationTranscript;
  const facts = sentences.map((sentence) => ({ ...sentence }));
  expect(facts).toMatchObject(written.sentences);
  expect(facts.map(({ speaker }) => speaker).filter((speaker) => speaker !== undefined)).toEqual([
    'Anna',
  ]);
  expect(facts[0]?.kind).toBe('heading');
  const { progress } = facts.at(-1)!;
  expect(progress).toMatchObject({
    chapter: 1,
    utterances: report.utterances,
    rest: { utterances: 0, characters: 0 },
    paidCharacters: progress.estimate.characters + progress.utterances - progress.requests,
  });
  expect(progress.seconds).toBeCloseTo(report.seconds, 6);
});

test('asks for the first sentence by itself, and tells what is not spoken', async () => {
  const { service, options } = setUp(({ text }) =>
    text.includes('waits') ? { status: 451 } : undefined,
  );
  const sentences = await all(streamNarration(CHAPTERS, options));
  expect(service.requests[0]!.characters).toBeLessThanOrEqual(60);
  const refused = sentences.filter(({ error }) => error !== undefined);
  expect(refused).toMatchObject([
    { text: 'Nobody waits.', skipped: 'censorship_block', words: [] },
  ]);
  const { sound, startMs, endMs } = refused[0]!;
  expect(endMs - startMs).toBe(500);
  expect(sound.samples.every((sample) => sample === 0)).toBe(true);
});

test('refuses more than is allowed, and nothing at all, before anything is asked for', async () => {
  const { service, options } = setUp();
  await expect(all(streamNarration(CHAPTERS, { ...options, maxCharacters: 20 }))).rejects.toThrow(
    /characters to speak; maxCharacters allows 20/,
  );
  const files = { sound: new MemoryRenderFile() };
  const render = { ...options, files, format: 'wav', maxCharacters: 20 } as const;
  await expect(renderNarration(CHAPTERS, render)).rejects.toThrow(/maxCharacters allows 20/);
  const silent = { text: '***', format: 'markdown' } as const;
  await expect(all(streamNarration(silent, options))).rejects.toThrow(/nothing to speak/);
  expect(service.requests).toEqual([]);
});

test('ends at once while the service is silent, by leaving it and by the signal', async () => {
  const { options } = setUp(() => ({ delayMs: 60_000 }));
  const left = streamNarration(CHAPTERS, options);
  const pending = left.next();
  await left.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(await left.next()).toEqual({ done: true, value: undefined });

  const controller = new AbortController();
  const stopped = streamNarration(CHAPTERS, { ...options, signal: controller.signal }).next();
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(stopped).rejects.toBe(reason);
});
