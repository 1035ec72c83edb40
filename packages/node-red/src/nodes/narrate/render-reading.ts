import type { RenderFiles } from '@stepvoice/core/narration';
import { loadNarration } from '../../kit/core.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { Reading } from './narrate-node.ts';
import { nothingSpoken } from './nothing-spoken.ts';
import { ReadingProgress } from './reading-progress.ts';

const SAMPLE_RATE = 24_000;
/** The least that a second takes: WAV is exact, and the service's MP3 has never been seen below 32 kbit/s. */
const BYTES_PER_SECOND = { wav: SAMPLE_RATE * 2, mp3: 4000 };
/** An estimate of the length is good to a third. */
const CERTAIN_SHARE = 2 / 3;

export type RenderTarget = {
  files: RenderFiles;
  format: 'mp3' | 'wav';
  /** Told how large the sound will be at least, before anything is paid for and with each step; may throw. */
  check?: (expectedBytes: number) => void;
  /** Takes back what was written, where none of the text was spoken. */
  discard?: () => Promise<void>;
};

/** Renders, tells how far it is, and says what there is to say of the sound; the payload is the caller's. */
export async function renderReading(
  reading: Reading,
  { files, format, check, discard }: RenderTarget,
): Promise<FlowMessage> {
  const { host, job, settings, source, options } = reading;
  const { speech } = await reading.client();
  const { renderNarration } = await loadNarration();
  const progress = new ReadingProgress(reading);
  const report = await renderNarration(source, {
    ...options,
    ...progress.listeners,
    speech,
    files,
    format,
    sampleRate: SAMPLE_RATE,
    tag: { title: settings.title, artist: settings.author },
    replace: settings.replace,
    signal: job.signal,
    onProgress: (done) => {
      check?.(done.estimate.seconds * CERTAIN_SHARE * BYTES_PER_SECOND[format]);
      progress.tell(done);
    },
    onSkipped: (skip) => progress.tellSkipped(skip),
  });
  const { bytes, requests, paidCharacters, cost, chapters, skipped, resumed } = report;
  if (skipped.length > 0 && skipped.length === report.utterances) {
    await discard?.();
    throw nothingSpoken(skipped.at(-1)?.error);
  }
  const { voice, model } = options.voice;
  const durationMs = Math.round(report.seconds * 1000);
  const stepvoice = {
    model,
    voice,
    totalMs: Math.round(host.clock.now() - job.arrivedMs),
    bytes,
    usage: { characters: paidCharacters, requests, ...(cost && { cost }) },
  };
  job.event('done', {
    ...stepvoice,
    durationMs,
    sentences: report.utterances,
    chapters,
    skipped: skipped.length,
    isResumed: resumed,
  });
  return {
    audio: { format, sampleRate: SAMPLE_RATE, channels: 1, durationMs },
    chapters,
    stepvoice,
  };
}
