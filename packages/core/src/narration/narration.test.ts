import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import type { AudioOutput } from '../audio/output/audio-output.ts';
import { toOutputPort } from '../audio/output/output-port.ts';
import type { MessagePortLike } from '../audio/output/output-port.ts';
import { connectOutput } from '../audio/output/port-output.ts';
import { serveOutput } from '../audio/output/serve-output.ts';
import { concatSamples } from '../audio/pcm.ts';
import { ValidationError } from '../errors.ts';
import type { NarrationOptions } from './narration-options.ts';
import { ScriptedOutput } from './player/testing/scripted-output.ts';
import {
  SAMPLE_RATE,
  SHORT_NOTE,
  collect,
  collectSound,
  hearAll,
  setUp,
  until,
} from './testing/narration-bench.ts';
import { CHINESE_NOTE, ENGLISH_NOTE } from './testing/notes.ts';
import type { SimulatedService } from './testing/simulated-service.ts';
import { simulateVoice } from './testing/simulated-voice.ts';

function trimmed(samples: Int16Array): Int16Array {
  const isSound = (sample: number) => sample !== 0;
  return samples.subarray(samples.findIndex(isSound), samples.findLastIndex(isSound) + 1);
}

/** When each word is spoken, from the beginning of the first request's sound, where nothing is put between. */
function wordTimes(service: SimulatedService): { text: string; ms: number }[] {
  let startMs = 0;
  return service.requests.flatMap(({ text }) => {
    const { samples, tokens } = simulateVoice(text, SAMPLE_RATE);
    const times = tokens.map((token) => ({ text: token.text, ms: startMs + token.startMs }));
    startMs += (samples.length / SAMPLE_RATE) * 1000;
    return times;
  });
}

function percentile95(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;
}

describe('a note of 6 000 characters', () => {
  test('English: sound in 0.7 s, no gap, every sample; and heard again it costs nothing', async () => {
    const { clock, service, start, device } = setUp();
    const narration = start(ENGLISH_NOTE);
    const words = collect(narration, 'word');
    await hearAll(clock, narration);

    const { firstSoundMs, underruns, requests } = narration.metrics;
    expect(firstSoundMs).toBeLessThanOrEqual(700);
    expect(underruns).toBe(0);
    expect(requests).toBeLessThanOrEqual(12);
    expect(service.requests).toHaveLength(requests);
    expect(service.rateLimited).toBe(0);
    expect(words.length).toBeGreaterThan(900);
    for (const { utterance, spokenRange, sourceRange } of words) {
      const spoken = utterance.spoken.text.slice(spokenRange.start, spokenRange.end);
      expect(ENGLISH_NOTE.slice(sourceRange.start, sourceRange.end)).toBe(spoken);
    }

    // The same, by another way and out of the cache.
    const again = await collectSound(clock, (output) => start(ENGLISH_NOTE, { output }));
    const heard = trimmed(device.samples);
    const whole = trimmed(again.samples);
    expect(heard.length).toBe(whole.length);
    expect(heard.every((sample, at) => sample === whole[at])).toBe(true);
    const spoken = service.requests.map(({ text }) => simulateVoice(text, SAMPLE_RATE).samples);
    const pausesMs = again.utterances.reduce((sum, { pauseAfterMs }) => sum + pauseAfterMs, 0);
    expect(again.samples.length).toBe(
      concatSamples(spoken).length + (pausesMs / 1000) * SAMPLE_RATE,
    );
    narration.seek({ utterance: 30 });
    narration.play();
    await clock.advance(3000);
    narration.setRate(1.5);
    await clock.advance(3000);
    narration.skip('heading', -1);
    await clock.advance(3000);
    expect(service.requests).toHaveLength(requests);
    await narration.close();
  });

  test.each([
    { language: 'Chinese', text: CHINESE_NOTE, buffered: false, rate: 1 },
    { language: 'Chinese', text: CHINESE_NOTE, buffered: true, rate: 2 },
    { language: 'English', text: ENGLISH_NOTE, buffered: false, rate: 1.5 },
    { language: 'English', text: ENGLISH_NOTE, buffered: true, rate: 2 },
  ])('$language at $rate×, answers in one piece: $buffered', async ({ text, buffered, rate }) => {
    const { clock, service, start, device } = setUp({ service: { buffered } });
    device.close();
    const output = new ScriptedOutput(() => clock.now(), { rates: [0.5, 3] });
    const narration = start(text, { output, rate });
    narration.play();
    while (narration.state !== 'ended' && narration.state !== 'failed') {
      const stepMs = narration.metrics.firstSoundMs === undefined ? 20 : 200;
      await clock.advance(stepMs);
      output.play(stepMs);
    }
    await narration.done;
    expect(narration.metrics.firstSoundMs).toBeLessThanOrEqual(700);
    expect(narration.metrics.underruns).toBe(0);
    expect(service.requests.length).toBeLessThanOrEqual(12);
    expect(service.rateLimited).toBe(0);
    const { requests, cost } = narration.progress;
    expect(requests).toBe(service.requests.length);
    expect(cost?.amount).toBeGreaterThan(0);
    await narration.close();
    expect(clock.pending).toBe(0);
  });

  test('an edited sentence is one request, for that sentence alone', async () => {
    const { clock, service, start } = setUp();
    await collectSound(clock, (output) => start(SHORT_NOTE, { output }));
    const bought = service.requests.length;
    const narration = start(SHORT_NOTE);
    narration.play();
    await clock.advance(300);
    const at = SHORT_NOTE.indexOf('starts');
    narration.edit({ start: at, end: at + 'starts'.length, insert: 'begins' });
    const words = collect(narration, 'word');
    await until(clock, () => narration.state === 'ended');
    expect(service.requests.slice(bought).map(({ text }) => text.trim())).toEqual([
      'Another paragraph begins now.',
    ]);
    const edited = SHORT_NOTE.replace('starts', 'begins');
    for (const { utterance, spokenRange, sourceRange } of words) {
      const spoken = utterance.spoken.text.slice(spokenRange.start, spokenRange.end);
      expect(edited.slice(sourceRange.start, sourceRange.end)).toBe(spoken);
    }
    expect(narration.metrics.underruns).toBe(0);
    await narration.close();
  });
});

describe('the same narration over each output', () => {
  const paragraph = ENGLISH_NOTE.slice(0, ENGLISH_NOTE.indexOf('\n\n'));

  test.each(['pull', 'port'])('%s: words within 30 ms of when they are spoken', async (kind) => {
    const { clock, service, output: pull, device, start } = setUp();
    const { port1, port2 } = new MessageChannel();
    const [near, far] = [port1, port2].map((port) => toOutputPort(port as MessagePortLike));
    const stopServing = serveOutput(far!, pull, { now: () => clock.now() });
    const output = kind === 'pull' ? pull : await connectOutput(near!, { now: () => clock.now() });
    const narration = start(paragraph, { output });
    const told: { text: string; atMs: number }[] = [];
    narration.on('word', ({ utterance, spokenRange }) => {
      const text = utterance.spoken.text.slice(spokenRange.start, spokenRange.end);
      told.push({ text, atMs: clock.now() });
    });
    narration.play();
    await until(clock, () => narration.state === 'ended', 100);
    const first = device.samples.findIndex((sample) => sample !== 0);
    const lead = simulateVoice(service.requests[0]!.text, SAMPLE_RATE).samples.findIndex(
      (sample) => sample !== 0,
    );
    const startMs = device.startedAtMs + ((first - lead) / SAMPLE_RATE) * 1000;
    const times = wordTimes(service);
    expect(told).toHaveLength(times.length);
    const errors = told.map(({ atMs }, index) => Math.abs(atMs - startMs - times[index]!.ms));
    expect(percentile95(errors)).toBeLessThan(30);
    stopServing();
    port1.close();
    await narration.close();
  });

  test('collected: every sentence, in order', async () => {
    const { clock, start } = setUp();
    const { utterances } = await collectSound(clock, (output) => start(SHORT_NOTE, { output }));
    expect(utterances.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('where it is', () => {
  async function playing(options: Partial<NarrationOptions> = {}) {
    const all = setUp();
    await collectSound(all.clock, (output) => all.start(SHORT_NOTE, { output }));
    const narration = all.start(SHORT_NOTE, options);
    const heard: number[] = [];
    narration.on('utterance', ({ utterance }) => heard.push(utterance.index));
    narration.play();
    await all.clock.advance(200);
    return { ...all, narration, heard };
  }

  test('skips by sentence, paragraph and heading; several in a row are one', async () => {
    const { clock, narration, heard } = await playing();
    narration.skip('sentence', 1);
    narration.skip('sentence', 1);
    await clock.advance(300);
    expect(heard).toEqual([0, 2]);
    narration.skip('paragraph', 1);
    await clock.advance(300);
    narration.skip('heading', 1);
    await clock.advance(300);
    expect(heard).toEqual([0, 2, 3, 5]);
    narration.skip('heading', 1);
    await clock.advance(300);
    expect(heard).toEqual([0, 2, 3, 5]);
    // Back at once is the one before; later, the beginning of this one.
    narration.skip('paragraph', -1);
    await clock.advance(300);
    narration.skip('sentence', -1);
    await clock.advance(300);
    narration.skip('sentence', -1);
    await clock.advance(1750);
    narration.skip('sentence', -1);
    await clock.advance(300);
    expect(heard).toEqual([0, 2, 3, 5, 3, 2, 1, 1]);
    narration.skip('heading', -1);
    await clock.advance(300);
    expect(heard.at(-1)).toBe(0);
    await narration.close();
  });

  test('past the last sentence is the end, and back from there the last one', async () => {
    const { clock, narration, heard } = await playing({ from: { utterance: 6 } });
    narration.skip('sentence', 1);
    await clock.advance(300);
    expect(narration.state).toBe('ended');
    narration.skip('sentence', -1);
    expect(narration.state).toBe('paused');
    narration.play();
    await clock.advance(300);
    expect(heard).toEqual([6, 6]);
    await narration.close();
  });

  test('a saved position is found again in a text that has changed', async () => {
    const { clock, narration, start } = await playing();
    narration.seek({ sourceOffset: SHORT_NOTE.indexOf('two sentences') });
    await clock.advance(100);
    const saved = JSON.parse(JSON.stringify(narration.position)) as typeof narration.position;
    await narration.close();
    const longer = `A sentence that was not there. ${SHORT_NOTE}`;
    const other = start(longer, { from: saved });
    const words = collect(other, 'word');
    other.play();
    await clock.advance(2000);
    const { sourceRange } = words[0]!;
    expect(longer.slice(sourceRange.start, sourceRange.end)).toBe('two');
    await other.close();
  });
});

describe('voices', () => {
  test('a cast has voices of its own, and the narrator speaks the rest', async () => {
    const { clock, service, start } = setUp({
      voice: { voice: 'ruyananshi', instruction: 'calm' },
      cast: { Anna: { voice: 'shuangkuainvsheng' } },
    });
    const text = 'It was late.\n\n**Anna**: Who is there?\n\nNobody answered.';
    await collectSound(clock, (output) => start(text, { output }));
    const voices = service.requests.map((request) => [request.text.trim(), request.voice]);
    expect(voices).toContainEqual(['Who is there?', 'shuangkuainvsheng']);
    expect(voices.filter(([, voice]) => voice === 'shuangkuainvsheng')).toHaveLength(1);
    expect(new Set(service.requests.map(({ body }) => body['instruction']))).toEqual(
      new Set(['calm']),
    );
  });

  test('another voice speaks from the next sentence on', async () => {
    const { clock, service, start } = setUp();
    const narration = start(SHORT_NOTE);
    const utterances = collect(narration, 'utterance');
    narration.play();
    await until(clock, () => utterances.length > 0, 50);
    const before = service.requests.length;
    narration.setVoice({ voice: 'shuangkuainvsheng' });
    await until(clock, () => narration.state === 'ended');
    const others = service.requests.slice(before);
    expect(new Set(others.map(({ voice }) => voice))).toEqual(new Set(['shuangkuainvsheng']));
    const spoken = others.map(({ text }) => text).join('');
    expect(spoken).toContain('A second sentence');
    expect(spoken).not.toContain('Some words');
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await narration.close();
  });
});

describe('what goes wrong', () => {
  test.each([
    ['nothing', '', {}],
    ['white space', ' \n\n ', {}],
    ['emoji', '😀😀 🎉', {}],
    ['code that is skipped', '```ts\nlet a = 1;\n```', { policies: { codeBlock: 'skip' } }],
  ] as const)('%s to be read: the end, without a request', async (_, text, options) => {
    const { clock, service, start } = setUp();
    const narration = start(text, { text: options });
    const ended = collect(narration, 'ended');
    narration.play();
    await clock.advance(100);
    expect(narration.state).toBe('ended');
    expect(ended).toHaveLength(1);
    expect(service.requests).toHaveLength(0);
    await narration.close();
  });

  test('options that cannot be', () => {
    const { start } = setUp();
    const missing = undefined as unknown as AudioOutput;
    expect(() => start(SHORT_NOTE, { output: missing })).toThrow(ValidationError);
    expect(() => start(SHORT_NOTE, { output: missing })).toThrow(/output is missing/);
    expect(() => start(SHORT_NOTE, { format: 'mp3' })).toThrow(/takes samples/);
    expect(() => start(SHORT_NOTE, { rate: 4 })).toThrow(/0.5 to 3/);
    expect(() => start(SHORT_NOTE).setRate(Number.NaN)).toThrow(ValidationError);
  });

  test('a sentence that the service refuses is skipped, told, and the rest is read', async () => {
    const { clock, start } = setUp({
      service: { fault: ({ text }) => (text.includes('second') ? { status: 451 } : undefined) },
    });
    const narration = start(SHORT_NOTE);
    const skipped = collect(narration, 'skipped');
    const utterances = collect(narration, 'utterance');
    await hearAll(clock, narration);
    expect(skipped.map(({ utterance }) => utterance.index)).toEqual([1]);
    expect(utterances.map(({ utterance }) => utterance.index)).toEqual([0, 2, 3, 4, 5, 6]);
    await narration.close();
  });

  test('a key that is refused fails it, and says why', async () => {
    const { clock, start } = setUp({ service: { fault: () => ({ status: 401 }) } });
    const narration = start(SHORT_NOTE);
    const failed = collect(narration, 'failed');
    narration.play();
    await until(clock, () => narration.state === 'failed');
    expect(failed).toHaveLength(1);
    await expect(narration.done).rejects.toMatchObject({ status: 401 });
    await narration.close();
  });

  test('a listener that throws is reported, and the sound goes on', async () => {
    const reportError = vi.fn<(error: unknown) => void>();
    vi.stubGlobal('reportError', reportError);
    const { clock, start } = setUp();
    const narration = start(SHORT_NOTE);
    const error = new Error('of a listener');
    narration.on('word', () => {
      throw error;
    });
    const words = collect(narration, 'word');
    await hearAll(clock, narration);
    vi.unstubAllGlobals();
    expect(words.length).toBeGreaterThan(20);
    expect(reportError).toHaveBeenCalledTimes(words.length);
    expect(reportError).toHaveBeenCalledWith(error);
    await narration.close();
  });

  test('an abort closes it: done rejects with the reason, and nothing is left', async () => {
    const { clock, start, device, service } = setUp();
    const controller = new AbortController();
    const narration = start(ENGLISH_NOTE, { signal: controller.signal });
    const states = collect(narration, 'state');
    narration.play();
    await clock.advance(1500);
    const reason = new Error('the window was closed');
    controller.abort(reason);
    await expect(narration.done).rejects.toBe(reason);
    await narration.close();
    device.close();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    expect(service.active).toBe(0);
    const count = states.length;
    narration.play();
    narration.skip('sentence', 1);
    narration.setRate(2);
    expect(states).toHaveLength(count);
  });

  test('a close ends the waiting for its end', async () => {
    const { start, device } = setUp();
    const narration = start(SHORT_NOTE);
    narration.play();
    await narration.close();
    await narration.close();
    await expect(narration.done).resolves.toBeUndefined();
    device.close();
  });
});
