import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CollectOutput, concatSamples, readWav } from '@stepvoice/core/audio';
import type { AudioClip, Pcm } from '@stepvoice/core/audio';
import { createMemoryCache, narrate } from '@stepvoice/core/narration';
import type { NarrationOptions } from '@stepvoice/core/narration';
import { StepAudio } from '@stepvoice/core/node';
import { hearDataSpeech, startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import {
  HeardNarration,
  SAMPLE_RATE,
  inOrder,
  isSame,
  levelOf,
  recordSpeech,
  soundOf,
  utterancesOf,
} from './heard-narration.ts';
import { decodeAudio } from './sound/decode.ts';

const NOTE = [
  '# The night train 夜车',
  'The platform was empty, and the lamps had been lit. 站台上一个人也没有，只有灯还亮着。',
  '- Two tickets, please.\n- 一张去上海的票。',
  '> Nobody knows when it leaves.',
  '**Anna**: Is it late again?',
  'He looked at the clock for a while, and then he said that it was always late in winter. 冬天总是晚点。',
].join('\n\n');
const VOICE = { voice: 'cixingnansheng' };
const SHORT_NOTE = NOTE.slice(NOTE.indexOf('- Two'), NOTE.indexOf('He looked'));
const CAST = { Anna: { voice: 'wenrounvsheng' } };
const NO_PAUSES = { sentenceMs: 0, paragraphMs: 0, headingMs: 0, listItemMs: 0, speakerMs: 0 };

let emulator: Emulator;
let client: StepAudio;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new StepAudio({ apiKey: emulator.apiKey, baseURL: emulator.url });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});

/** All pieces of a narration, as fast as they can be had. */
async function collect(
  text: string,
  options: Omit<NarrationOptions, 'output'>,
  takes: 'samples' | 'clips' = 'samples',
) {
  const pieces: (Pcm | AudioClip)[] = [];
  const output = new CollectOutput({ takes, write: ({ sound }) => void pieces.push(sound) });
  await using narration = narrate({ text, format: 'markdown' }, { ...options, output });
  narration.play();
  await narration.done;
  return { pieces, utterances: utterancesOf(narration) };
}

/** Words as they are spoken, without punctuation. */
function toWords(tokens: readonly { readonly text: string }[]): string[] {
  return tokens.map(({ text }) => text.replace(/[^\p{L}\p{N}]/gu, ''));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

describe('a note in two languages, with a cast', () => {
  test('what is heard is what the service spoke, to the sample, and words are told when they sound', async () => {
    const { speech, answers } = recordSpeech(client);
    const options = { speech, voice: VOICE, cast: CAST, cache: createMemoryCache() };
    const heard = new HeardNarration(NOTE, { ...options, pauses: NO_PAUSES });
    const { narration } = heard;
    narration.play();
    await heard.untilEnd();
    const utterances = utterancesOf(narration);
    expect(narration.metrics.underruns).toBe(0);
    expect(heard.utterances).toEqual(utterances.map(({ index }) => index));
    const ordered = inOrder(answers, utterances);
    const sounds = ordered.map((answer) => soundOf(answer));
    const spoken = concatSamples(sounds);
    expect(isSame(heard.samples, spoken)).toBe(true);

    // Words are told within 30 ms of the service's own times; there the voice is loud, and quiet between sentences.
    let begin = 0;
    const times = ordered.flatMap(({ subtitles }, index) => {
      const own = subtitles.map(({ text, startMs, endMs }) => ({
        text,
        start: begin + (startMs / 1000) * SAMPLE_RATE,
        end: begin + (endMs / 1000) * SAMPLE_RATE,
      }));
      begin += sounds[index]!.length;
      return own;
    });
    expect(heard.words.map(({ text }) => text)).toEqual(toWords(times));
    const late = heard.words.map(({ atSample }, at) => Math.abs(atSample - times[at]!.start));
    expect(Math.max(...late)).toBeLessThan(SAMPLE_RATE * 0.03);
    const voiced = median(times.map(({ start, end }) => levelOf(spoken, start, end)));
    const gaps = times.flatMap(({ end }, at) => {
      const next = times[at + 1]?.start ?? end;
      return next - end > SAMPLE_RATE * 0.3 ? [levelOf(spoken, end + 1000, next - 1000)] : [];
    });
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.max(...gaps)).toBeLessThan(voiced / 20);
    for (const { text, source } of heard.words) expect(source).toBe(text);
    await narration.close();

    // Again, out of the cache and without a clock: as samples with the usual pauses, and as files.
    const requests = answers.length;
    const again = await collect(NOTE, options);
    const silenceMs = again.utterances.reduce((sum, { pauseAfterMs }) => sum + pauseAfterMs, 0);
    const all = concatSamples(again.pieces.map((piece) => (piece as Pcm).samples));
    expect(all.length).toBe(spoken.length + (silenceMs / 1000) * SAMPLE_RATE);
    const files = await collect(NOTE, { ...options, pauses: NO_PAUSES }, 'clips');
    const clips = files.pieces.map((piece) => readWav((piece as AudioClip).bytes).samples);
    expect(isSame(concatSamples(clips), spoken)).toBe(true);
    expect(answers).toHaveLength(requests);
  });

  test.each([
    ['mp3', 'audio/mpeg'],
    ['opus', 'audio/ogg'],
  ] as const)('%s passes through as the service made it', async (format, mediaType) => {
    const { speech, answers } = recordSpeech(client);
    const options = { speech, voice: VOICE, cast: CAST, pauses: NO_PAUSES, format };
    const { pieces, utterances } = await collect(SHORT_NOTE, options, 'clips');
    const clips = pieces as AudioClip[];
    const files = inOrder(answers, utterances).map(({ bytes }) => Buffer.concat(bytes));
    expect(clips.map(({ bytes }) => Buffer.from(bytes))).toEqual(files);
    expect(new Set(clips.map((clip) => clip.mediaType))).toEqual(new Set([mediaType]));
    const decoded = await Promise.all(
      clips.map(({ bytes }) => decodeAudio(bytes, format, SAMPLE_RATE)),
    );
    for (const [index, { samples, sampleRate }] of decoded.entries()) {
      const { durationSeconds } = clips[index]!;
      expect(Math.abs(samples.length / sampleRate - durationSeconds)).toBeLessThan(0.1);
    }
  });
});

describe('a voice whose sound is its text', () => {
  const SENTENCES = [
    'One goes by.',
    '第二句。',
    'Three is cut off.',
    'Four.',
    'Five is new.',
    '第六句。',
  ];
  const options = { voice: { voice: 'data-voice' } };

  test('nothing is left out or said twice, whatever the listener does', async () => {
    const { speech, answers } = recordSpeech(client);
    const cache = createMemoryCache();
    // Each by itself, so that each can be heard by itself.
    for (const sentence of SENTENCES) await collect(sentence, { ...options, speech, cache });
    const heard = new HeardNarration(SENTENCES.join('\n\n'), { ...options, speech, cache });
    const { narration } = heard;
    narration.play();
    await heard.until(() => heard.utterances.includes(1));
    const changed = narration.plan.source.text.indexOf('new');
    narration.edit({ start: changed, end: changed + 3, insert: 'newer' });
    await heard.until(() => heard.utterances.includes(2));
    narration.setRate(1.5);
    await heard.until(() => heard.utterances.includes(3));
    narration.setRate(1);
    narration.seek({ utterance: 3 });
    await heard.until(() => heard.utterances.includes(5));
    narration.skip('sentence', -1);
    await heard.untilEnd();
    expect(answers.slice(SENTENCES.length).map(({ text }) => text)).toEqual(['Five is newer.']);
    const text = await hearDataSpeech({ samples: heard.samples, sampleRate: SAMPLE_RATE });
    expect(text).toBe('One goes by.第二句。Four.Five is newer.Five is newer.第六句。');
    await narration.close();
  });
});

describe('trouble', () => {
  test('what passes is waited for: nothing is lost, and nothing is heard twice', async () => {
    const direct = new StepAudio({
      apiKey: emulator.apiKey,
      baseURL: emulator.url,
      retry: false,
      timeouts: { idleMs: 500 },
    });
    const failing = [
      'status:429,retry-after=0',
      'status:429',
      'status:500',
      'status:502,body=html',
      'cut:bytes=3001,how=reset',
      'cut:bytes=60000,how=fin',
      'stall:bytes=9000',
      'malformed:json,events=2',
      'missing-end:done',
    ];
    for (const [skip, fault] of [...failing, 'odd-splits'].entries()) {
      emulator.faults.add({ fault, skip, times: 1 });
    }
    const { speech, answers } = recordSpeech(direct);
    const heard = new HeardNarration(NOTE, {
      speech,
      voice: VOICE,
      cast: CAST,
      pauses: NO_PAUSES,
    });
    const { narration } = heard;
    narration.play();
    await heard.untilEnd();
    // A busy machine may make one or the other time out besides.
    expect(narration.metrics.requests).toBeGreaterThanOrEqual(failing.length + answers.length);
    const utterances = utterancesOf(narration);
    expect(heard.utterances).toEqual(utterances.map(({ index }) => index));
    const spoken = inOrder(answers, utterances).map((answer) => soundOf(answer));
    expect(isSame(heard.samples, concatSamples(spoken))).toBe(true);
    await narration.close();
    await direct.close();
  });

  test('a key that is refused in the middle: what was there is heard, and play goes on from there', async () => {
    const { speech, answers } = recordSpeech(client);
    const heard = new HeardNarration(NOTE, {
      speech,
      voice: VOICE,
      cast: CAST,
      pauses: NO_PAUSES,
    });
    const { narration } = heard;
    const remove = emulator.faults.add({ fault: 'status:401', skip: 2 });
    narration.play();
    await heard.until(() => narration.state === 'failed');
    await expect(narration.done).rejects.toMatchObject({
      name: 'AuthenticationError',
      status: 401,
    });
    expect(heard.utterances.length).toBeGreaterThan(0);
    remove();
    narration.play();
    await heard.until(() => narration.state === 'ended');
    const utterances = utterancesOf(narration);
    expect(heard.utterances).toEqual(utterances.map(({ index }) => index));
    const spoken = inOrder(answers, utterances).map((answer) => soundOf(answer));
    expect(isSame(heard.samples, concatSamples(spoken))).toBe(true);
    await narration.close();
  });
});
