import { fileURLToPath } from 'node:url';
import { renderNarration } from '@stepvoice/core/narration';
import type { CreateMp3Encoder, RenderReport } from '@stepvoice/core/narration';
import { StepAudio, createFolderCache, openRenderFiles } from '@stepvoice/core/node';
import { createMp3Encoder } from 'wasm-media-encoders';
import { bookText } from './book-voice.ts';

/** A book that a child process renders, so that it can be killed. */
export type BookTask = {
  readonly path: string;
  readonly cacheFolder: string;
  /** Of the service. */
  readonly url: string;
  readonly characters: number;
  readonly format: 'wav' | 'mp3';
  readonly sampleRate: 8000 | 24_000;
};

export type BookResult = Pick<RenderReport, 'bytes' | 'seconds' | 'resumed' | 'requests'> & {
  /** By how much the process had grown, at most, in each tenth of the render. */
  readonly grownMegabytes: readonly number[];
};

const TENTHS = 10;

export async function renderBook(task: BookTask): Promise<BookResult> {
  const { sampleRate } = task;
  const client = new StepAudio({ apiKey: 'sk-book', baseURL: task.url });
  const files = await openRenderFiles(task.path, { beside: ['srt', 'vtt', 'words'] });
  const text = bookText(task.characters);
  const before = process.memoryUsage.rss();
  const peaks = Array.from({ length: TENTHS }, () => before);
  const report = await renderNarration(
    { text, format: 'markdown' },
    {
      speech: client.speech,
      voice: { voice: 'ruyananshi' },
      cache: createFolderCache(task.cacheFolder),
      files,
      sampleRate,
      format: task.format,
      createMp3Encoder: task.format === 'mp3' ? createLame() : undefined,
      bitrate: 32,
      tag: { title: 'Book', language: 'en' },
      onProgress: ({ utterances, estimate }) => {
        const share = utterances / estimate.utterances;
        const tenth = Math.min(Math.floor(share * TENTHS), TENTHS - 1);
        peaks[tenth] = Math.max(peaks[tenth]!, process.memoryUsage.rss());
        process.stdout.write(`${utterances}\n`);
      },
    },
  );
  // Writing the subtitles is a part of it.
  peaks[TENTHS - 1] = Math.max(peaks[TENTHS - 1]!, process.memoryUsage.rss());
  await files.close();
  await client.close();
  const { bytes, seconds, resumed, requests } = report;
  const grownMegabytes = peaks.map((peak) => Math.round((peak - before) / 2 ** 20));
  return { bytes, seconds, resumed, requests, grownMegabytes };
}

/** LAME as hosts plug it in. */
export function createLame(): CreateMp3Encoder {
  let loaded: ReturnType<typeof createMp3Encoder> | undefined;
  let floats = new Float32Array(0);
  return async ({ sampleRate, bitrate }) => {
    loaded ??= createMp3Encoder();
    const lame = await loaded;
    const options = { channels: 1, sampleRate, outputSampleRate: sampleRate, bitrate } as const;
    lame.configure(options as Parameters<typeof lame.configure>[0]);
    return {
      delaySamples: 576,
      encode(samples) {
        if (floats.length < samples.length) floats = new Float32Array(samples.length);
        for (let at = 0; at < samples.length; at += 1) floats[at] = samples[at]! / 32_768;
        return lame.encode([floats.subarray(0, samples.length)]);
      },
      finish: () => lame.finalize(),
    };
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void renderBook(JSON.parse(process.argv[2]!) as BookTask).then((result) =>
    process.stdout.write(`${JSON.stringify(result)}\n`),
  );
}
