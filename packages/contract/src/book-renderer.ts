import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodeBase64, encodePcm16, toFloat32 } from '@stepvoice/core/audio';
import { renderNarration } from '@stepvoice/core/narration';
import type { CreateMp3Encoder, RenderReport } from '@stepvoice/core/narration';
import { StepAudio, openRenderFiles } from '@stepvoice/core/node';
import { createMp3Encoder } from 'wasm-media-encoders';
import { createAnswerCache } from './answer-cache.ts';

/** A book that a child process renders, so that it can be killed. */
export type BookTask = {
  readonly path: string;
  readonly cacheFolder: string;
  /** Lines of what was asked for and what was stored, written so that no kill can lose them. */
  readonly logFile: string;
  readonly characters: number;
  readonly format: 'wav' | 'mp3';
};

export type BookResult = Pick<RenderReport, 'bytes' | 'seconds' | 'resumed' | 'requests'> & {
  /** By how much the process grew while it rendered. */
  readonly grownMegabytes: number;
};

export const SAMPLE_RATE = 8000;
/** Ten hours for half a million characters. */
const CHARACTER_SAMPLES = 0.072 * SAMPLE_RATE;
const FULL_STOP_SAMPLES = 0.36 * SAMPLE_RATE;
/** A second in each, about as the service sends it. */
const DELTA_SAMPLES = SAMPLE_RATE;
const WORDS = 'over under harbour morning quiet water lantern nobody seldom further'.split(' ');

/** Every sentence has a number, so that requests tell which they are about. */
export function bookText(characters: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < characters; index += 1) {
    const words = Array.from(
      { length: 6 + (index % 9) },
      (_, at) => WORDS[(index * 7 + at * 3) % 10]!,
    );
    const gap = index % 40 === 0 ? `\n\n## Chapter N${index}H\n\n` : index % 5 === 0 ? '\n\n' : ' ';
    const sentence = `${gap}Sentence N${index} ${words.join(' ')}.`;
    parts.push(sentence);
    length += sentence.length;
  }
  return parts.join('');
}

/** The numbers of the sentences of a text. */
export function sentenceNumbers(text: string): string[] {
  return text.match(/N\d+H?/g) ?? [];
}

/** Base64 of whole groups of three bytes, which can be joined: the service is to cost the process hardly anything. */
type Wave = { readonly base64: string; readonly length: number };

const waves = new Map<string, Wave>();

function waveOf(character: string): Wave {
  const known = waves.get(character);
  if (known !== undefined) return known;
  const isSpoken = /\w/.test(character);
  const samples = new Int16Array(character === '.' ? FULL_STOP_SAMPLES : CHARACTER_SAMPLES);
  const step = (2 * Math.PI * (200 + 20 * (character.charCodeAt(0) % 64))) / SAMPLE_RATE;
  if (isSpoken) samples.forEach((_, at) => (samples[at] = 8000 * Math.sin(at * step)));
  const wave = { base64: encodeBase64(encodePcm16(samples)), length: samples.length };
  waves.set(character, wave);
  return wave;
}

/** As the service answers: sound in deltas, words with their times, the end. Nothing is made before it is read. */
function* speak(text: string): Generator<string, undefined> {
  let delta = '';
  const items: { text: string; start_time: number; end_time: number }[] = [];
  let filled = 0;
  let offset = 0;
  let word = '';
  let startMs = 0;
  const toMs = (count: number): number => Math.round((count / SAMPLE_RATE) * 1000);
  const toEvent = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`;
  const flush = (): string => {
    const event = `data: {"type":"speech.audio.delta","audio":"${delta}"}\n\n`;
    delta = '';
    filled = 0;
    return event;
  };
  for (const [index, character] of Array.from(text).entries()) {
    const wave = waveOf(character);
    if (filled + wave.length > DELTA_SAMPLES) yield flush();
    delta += wave.base64;
    filled += wave.length;
    if (word === '') startMs = toMs(offset);
    if (/\S/.test(character)) word += character;
    // The full stop's silence belongs to no word.
    const endMs = toMs(character === '.' ? offset : offset + wave.length);
    offset += wave.length;
    if (word !== '' && !/\S/.test(text[index + 1] ?? ' ')) {
      items.push({ text: word, start_time: startMs, end_time: endMs });
      word = '';
    }
  }
  yield flush();
  const data = { text, request_id: 'r', items, timestamp: 1 };
  yield toEvent({ type: 'response.subtitle', event_id: 'e', data });
  yield `${toEvent({ type: 'speech.audio.done', audio: '' })}data: [DONE]\n\n`;
}

export async function renderBook(task: BookTask): Promise<BookResult> {
  const log = (line: string): void => appendFileSync(task.logFile, `${line}\n`);
  const encoder = new TextEncoder();
  let received: string[] = [];
  const client = new StepAudio({
    apiKey: 'sk-book',
    fetch: async (_, { body }) => {
      const { input } = JSON.parse(body as string) as { input: string };
      log(`asked ${sentenceNumbers(input).join(' ')}`);
      const events = speak(input);
      const answer = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          const { value } = events.next();
          if (value !== undefined) {
            controller.enqueue(encoder.encode(value));
            return;
          }
          received.push(...sentenceNumbers(input));
          controller.close();
        },
      });
      return new Response(answer, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const cache = createAnswerCache(task.cacheFolder, () => {
    log(`stored ${received.join(' ')}`);
    received = [];
  });
  const files = await openRenderFiles(task.path, { beside: ['srt', 'vtt', 'words'] });
  const text = bookText(task.characters);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const report = await renderNarration(
    { text, format: 'markdown' },
    {
      speech: client.speech,
      voice: { voice: 'ruyananshi' },
      cache,
      files,
      sampleRate: SAMPLE_RATE,
      format: task.format,
      createMp3Encoder: task.format === 'mp3' ? createLame() : undefined,
      bitrate: 32,
      tag: { title: 'Book', language: 'en' },
      onProgress: ({ utterances }) => {
        peak = Math.max(peak, process.memoryUsage.rss());
        process.stdout.write(`${utterances}\n`);
      },
    },
  );
  await files.close();
  await client.close();
  const { bytes, seconds, resumed, requests } = report;
  return { bytes, seconds, resumed, requests, grownMegabytes: (peak - before) / 2 ** 20 };
}

/** LAME as hosts plug it in. */
export function createLame(): CreateMp3Encoder {
  let loaded: ReturnType<typeof createMp3Encoder> | undefined;
  return async ({ sampleRate, bitrate }) => {
    loaded ??= createMp3Encoder();
    const lame = await loaded;
    const options = { channels: 1, sampleRate, outputSampleRate: sampleRate, bitrate } as const;
    lame.configure(options as Parameters<typeof lame.configure>[0]);
    return {
      delaySamples: 576,
      encode: (samples) => lame.encode([toFloat32(samples)]),
      finish: () => lame.finalize(),
    };
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void renderBook(JSON.parse(process.argv[2]!) as BookTask).then((result) =>
    process.stdout.write(`${JSON.stringify(result)}\n`),
  );
}
