import { concatSamples } from '../../audio/pcm.ts';
import type { Pcm } from '../../audio/pcm.ts';
import type { StepAudioError } from '../../errors.ts';
import { systemClock } from '../../net/clock.ts';
import type { SegmentKind } from '../../text/spoken-segment.ts';
import { SpeechFetcher } from '../fetcher.ts';
import type { FetchedSpeech } from '../fetcher.ts';
import { createMemoryCache } from '../memory-cache.ts';
import { NarrationPlan } from '../plan.ts';
import { SPEECH_PRICES } from '../prices.ts';
import type { Utterance } from '../utterance.ts';
import { planOptions, toChapters, DEFAULT_CHAPTER_PAUSE_MS } from './narration-survey.ts';
import type { RenderChapter, RenderSource } from './narration-survey.ts';
import { planAll } from './plan-all.ts';
import type { SpokenRecord } from './render-journal.ts';
import type { RenderOptions, RenderProgress } from './render-options.ts';
import { RenderTally } from './render-tally.ts';
import { toSamples } from './sound-samples.ts';
import { SKIPPED_PAUSE_MS, toRecords, toSkippedRecord } from './spoken-records.ts';
import { toSentence } from './subtitle-writer.ts';
import type { TranscriptSentence } from './subtitle-writer.ts';

const DEFAULT_SAMPLE_RATE = 24_000;
/** For sentences that are said again and again. */
const CACHE_BYTES = 8 * 1024 * 1024;

export type StreamNarrationOptions = Omit<
  RenderOptions,
  | 'files'
  | 'format'
  | 'createMp3Encoder'
  | 'bitrate'
  | 'tag'
  | 'replace'
  | 'onProgress'
  | 'onSkipped'
> & {
  /** How much is fetched before it is taken, in seconds of sound. Default 60. */
  readonly aheadSeconds?: number | undefined;
};

/** A sentence, or a part of a long one, as it came. Its times are those of the sound of all that came before. */
export type NarratedSentence = TranscriptSentence & {
  readonly kind: SegmentKind;
  /** Who speaks; the narrator where `undefined`. */
  readonly speaker: string | undefined;
  /** What is spoken and the pause behind it: one behind the other, they are the whole sound. */
  readonly sound: Pcm;
  /** After this sentence. */
  readonly progress: RenderProgress;
  /** Why it is not heard; a pause stands in its place. */
  readonly error?: StepAudioError | undefined;
};

/**
 * A narration sentence by sentence, as the service speaks it: what is rendered by `renderNarration`, for whoever wants the
 * parts. The first one is asked for by itself, so that it comes fast; later ones in batches, ahead of who takes them.
 *
 * To be read once. Leaving it, and the signal, end the requests; the signal throws its reason.
 *
 * @throws {ValidationError} (by the iteration) for a source in which there is nothing to speak, or too much, and for options
 *   out of range; else as `speech.stream()`.
 */
export function streamNarration(
  source: RenderSource,
  options: StreamNarrationOptions,
): AsyncIterableIterator<NarratedSentence, undefined> {
  return new SentenceIterator(toChapters(source), options);
}

class SentenceIterator implements AsyncIterableIterator<NarratedSentence, undefined> {
  readonly #left = new AbortController();
  readonly #sentences: AsyncGenerator<NarratedSentence, undefined>;

  constructor(chapters: readonly RenderChapter[], options: StreamNarrationOptions) {
    const { signal } = options;
    const signals = signal === undefined ? [] : [signal];
    this.#sentences = speak(chapters, {
      ...options,
      signal: AbortSignal.any([...signals, this.#left.signal]),
    });
  }

  async next(): Promise<IteratorResult<NarratedSentence, undefined>> {
    try {
      return await this.#sentences.next();
    } catch (error) {
      if (this.#left.signal.aborted) return { done: true, value: undefined };
      throw error;
    }
  }

  async return(): Promise<IteratorResult<NarratedSentence, undefined>> {
    // A generator's own `return` would wait for a service that is silent.
    this.#left.abort();
    await this.#sentences.return(undefined).catch(() => undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

async function* speak(
  chapters: readonly RenderChapter[],
  options: StreamNarrationOptions,
): AsyncGenerator<NarratedSentence, undefined> {
  const { signal, clock = systemClock, chapterPauseMs = DEFAULT_CHAPTER_PAUSE_MS } = options;
  signal?.throwIfAborted();
  const { estimate } = await planAll(chapters, options);
  const tally = new RenderTally(estimate, options.prices ?? SPEECH_PRICES, undefined, clock);
  const tape = new Tape(options.sampleRate ?? DEFAULT_SAMPLE_RATE);
  for (const [chapter, { source }] of chapters.entries()) {
    const plan = new NarrationPlan(source, planOptions(options));
    const fetcher = new SpeechFetcher({
      ...options,
      plan,
      cache: options.cache ?? createMemoryCache({ maxBytes: CACHE_BYTES }),
      clock,
      format: 'samples',
      onRequest: () => tally.countRequest(),
      onFetched: (request) => tally.countPaid(request),
    });
    try {
      for await (const fetched of fetcher.from({ utterance: 0, offset: 0 }, signal)) {
        const { spoken, error } = tape.add(fetched, plan, chapter);
        const last = spoken.at(-1)?.record;
        const utterance = last && plan.utteranceAt(last.utterance);
        const isWhole = isSpoken(utterance, last);
        const isBetween = isWhole && chapter < chapters.length - 1;
        const isChapterEnd = isBetween && plan.utteranceAt(utterance!.index + 1) === undefined;
        const pauseMs = isWhole ? utterance!.pauseAfterMs : 0;
        const pause = tape.addPause(pauseMs + (isChapterEnd ? chapterPauseMs : 0));
        for (const [index, { record, samples }] of spoken.entries()) {
          const isLast = index === spoken.length - 1;
          const { kind, speaker } = plan.utteranceAt(record.utterance)!;
          tally.countSpoken(record.text);
          if (!isLast || isWhole) tally.countUtterances(1);
          yield {
            ...toSentence(record),
            kind,
            speaker,
            sound: {
              samples: isLast ? concatSamples([samples, pause]) : samples,
              sampleRate: tape.sampleRate,
            },
            progress: tally.progress(chapter, tape.lengthMs / 1000),
            error,
          };
        }
      }
    } finally {
      await fetcher.close();
    }
  }
  return undefined;
}

function isSpoken(utterance: Utterance | undefined, record: SpokenRecord | undefined): boolean {
  if (utterance === undefined || record === undefined) return false;
  return utterance.spoken.text.slice(record.offset + record.text.length).trim() === '';
}

/** Where in the sound things stand. */
class Tape {
  readonly sampleRate: number;
  #samples = 0;

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
  }

  get lengthMs(): number {
    return this.#toMs(this.#samples);
  }

  add(
    fetched: FetchedSpeech,
    plan: NarrationPlan,
    chapter: number,
  ): {
    spoken: { record: SpokenRecord; samples: Int16Array }[];
    error: StepAudioError | undefined;
  } {
    const startMs = this.lengthMs;
    if (fetched.type === 'skipped') {
      const { utterance, error } = fetched;
      const record = toSkippedRecord(utterance, error.code, chapter, startMs);
      return { spoken: [{ record, samples: this.addPause(SKIPPED_PAUSE_MS) }], error };
    }
    const samples = toSamples(fetched.unit.sound, this.sampleRate);
    this.#samples += samples.length;
    const records = toRecords(fetched.unit, { startMs, endMs: this.lengthMs }, plan, chapter);
    // Sentences that came in one piece are cut where the next begins.
    const ends = records.slice(1).map((next) => this.#toSamples(next.startMs - startMs));
    const spoken = records.map((record, index) => ({
      record,
      samples: samples.subarray(ends[index - 1] ?? 0, ends[index] ?? samples.length),
    }));
    return { spoken, error: undefined };
  }

  addPause(ms: number): Int16Array {
    const silence = new Int16Array(this.#toSamples(ms));
    this.#samples += silence.length;
    return silence;
  }

  #toMs(samples: number): number {
    return (samples / this.sampleRate) * 1000;
  }

  #toSamples(ms: number): number {
    return Math.round((ms * this.sampleRate) / 1000);
  }
}
