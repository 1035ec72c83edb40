import { StepAudioError, ValidationError } from '../../errors.ts';
import { systemClock } from '../../net/clock.ts';
import { SPEECH_TEXT_LIMIT } from '../../protocol/models.ts';
import { SpeechFetcher } from '../fetcher.ts';
import type { FetchedSpeech } from '../fetcher.ts';
import { createMemoryCache } from '../memory-cache.ts';
import { NarrationPlan } from '../plan.ts';
import { SPEECH_PRICES } from '../prices.ts';
import type { SpeechUnit } from '../speech-unit.ts';
import type { Utterance } from '../utterance.ts';
import { createTrack } from './create-track.ts';
import { MemoryRenderFile } from './memory-render-file.ts';
import { DEFAULT_CHAPTER_PAUSE_MS, planOptions, toChapters } from './narration-survey.ts';
import type { NarrationSurvey, RenderChapter, RenderSource } from './narration-survey.ts';
import { planAll } from './plan-all.ts';
import { RenderChapters } from './render-chapters.ts';
import { renderDigest } from './render-digest.ts';
import type { RenderFile } from './render-file.ts';
import { RenderJournal, refuseOther } from './render-journal.ts';
import type { RenderPlace } from './render-journal.ts';
import type { RenderOptions, RenderReport, RenderSkip } from './render-options.ts';
import { RenderTally } from './render-tally.ts';
import type { SoundTrack } from './sound-track.ts';
import { SKIPPED_PAUSE_MS, toRecords, toSkippedRecord } from './spoken-records.ts';
import { writeSubtitles } from './subtitle-writer.ts';

/**
 * As much as keeps an account's slowest tier busy: ten requests a minute are one every six seconds, which is how long a
 * thousand characters take, and those are one to four minutes of sound. More would only take memory.
 */
const AHEAD_SECONDS = 120;
/** One is answered while the next is on its way; more would wait for the limit of a minute. */
const DEFAULT_CONCURRENCY = 2;
/** What is fetched ahead is held by the fetcher; this is for sentences that are said again and again. */
const CACHE_BYTES = 8 * 1024 * 1024;

const filesInUse = new WeakSet<RenderFile>();

/**
 * Renders a narration to a file: WAV (RF64 beyond 4 GB) or MP3 with chapters, and beside it subtitles and the times of
 * its words. The sound is that of the plan to the sample: each sentence as the service spoke it, and the pauses between.
 *
 * A render that was broken off, by an error, an abort or the end of the program, goes on when it is called again with the
 * same source, voice and options: what is in the file or in the cache is not paid again, and the file becomes the same as
 * one that was rendered in one go.
 *
 * A sentence that the service refuses to speak becomes a pause, and is in the report.
 *
 * @throws {ValidationError} for a source in which there is nothing to speak, or too much, and for options out of range.
 * @throws {StepAudioError} `file_exists` and `render_changed` for files that `replace` would have to allow;
 *   `render_busy` where another call has the file; else as `speech.stream()`, and as the files do.
 */
export async function renderNarration(
  source: RenderSource,
  options: RenderOptions,
): Promise<RenderReport> {
  const { sound } = options.files;
  if (filesInUse.has(sound)) {
    throw new StepAudioError('The file is being rendered by another call. Wait for that one.', {
      code: 'render_busy',
    });
  }
  filesInUse.add(sound);
  try {
    const render = await Render.begin(toChapters(source), options);
    return await render.run();
  } finally {
    filesInUse.delete(sound);
  }
}

class Render {
  readonly #chapters: readonly RenderChapter[];
  readonly #options: RenderOptions;
  readonly #journal: RenderJournal;
  readonly #marks: RenderChapters;
  readonly #track: SoundTrack;
  readonly #tally: RenderTally;
  readonly #isResumed: boolean;
  readonly #skipped: RenderSkip[] = [];
  #place: RenderPlace;
  /** Whether the place and the track tell the same. */
  #isSettled = true;

  static async begin(chapters: readonly RenderChapter[], options: RenderOptions): Promise<Render> {
    options.signal?.throwIfAborted();
    checkNumber(options.chapterPauseMs, 'chapterPauseMs', [0, 60_000]);
    checkNumber(options.bitrate, 'bitrate', [8, 320]);
    const survey = await planAll(chapters, options);
    const { journal: journalFile = new MemoryRenderFile() } = options.files;
    const journal = await RenderJournal.open(journalFile, digestOf(chapters, options));
    await prepare(journal, options);
    const render = new Render(chapters, options, survey, journal);
    for await (const record of journal.spoken()) {
      render.#marks.note(record);
      const { chapter, utterance, source, startMs, skipped: code } = record;
      if (code === undefined) continue;
      const range = { start: source[0], end: source[1] };
      render.#skipped.push({ chapter, utterance, range, atMs: startMs, code });
    }
    return render;
  }

  private constructor(
    chapters: readonly RenderChapter[],
    options: RenderOptions,
    survey: NarrationSurvey,
    journal: RenderJournal,
  ) {
    const { checkpoint } = journal;
    this.#chapters = chapters;
    this.#options = options;
    this.#journal = journal;
    this.#isResumed = checkpoint !== undefined;
    this.#place = checkpoint?.place ?? { chapter: 0, utterance: 0, offset: 0 };
    this.#marks = new RenderChapters(chapters, survey.chapters, options.tag?.title);
    const tag = { ...options.tag, chapters: this.#marks.list(0) };
    this.#track = createTrack(options, tag, checkpoint?.track, journal.seekPoints);
    this.#tally = new RenderTally(
      survey.estimate,
      options.prices ?? SPEECH_PRICES,
      checkpoint?.totals,
      options.clock ?? systemClock,
    );
  }

  async run(): Promise<RenderReport> {
    try {
      this.#reportProgress();
      while (this.#place.chapter < this.#chapters.length) await this.#renderChapter();
      return await this.#finish();
    } catch (error) {
      // The first error is the one to be told: the file may be the reason for it.
      await this.#leave().catch(() => {});
      throw error;
    }
  }

  /** Keeps what is done, or nothing where nothing is: the file then waits for no certain text. */
  async #leave(): Promise<void> {
    if (!this.#isSettled) return;
    if (this.#tally.totals.doneUtterances > 0) {
      await this.#checkpoint(true);
    } else if (!this.#isResumed) {
      const { sound } = this.#options.files;
      await sound.truncate(0);
      await sound.flush();
      await this.#journal.end();
    }
  }

  async #renderChapter(): Promise<void> {
    const { chapter } = this.#place;
    const { source } = this.#chapters[chapter]!;
    const options = this.#options;
    const plan = new NarrationPlan(source, planOptions(options));
    const fetcher = new SpeechFetcher({
      plan,
      speech: options.speech,
      voice: options.voice,
      cast: options.cast,
      cache: options.cache ?? createMemoryCache({ maxBytes: CACHE_BYTES }),
      clock: options.clock ?? systemClock,
      scope: options.scope,
      format: this.#isJoined ? 'mp3' : 'samples',
      sampleRate: options.sampleRate,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      aheadSeconds: AHEAD_SECONDS,
      textLimit: options.textLimit,
      // Nobody waits for the first sound: requests are as large, and as few, as can be.
      firstCharacters: options.textLimit ?? SPEECH_TEXT_LIMIT,
      unknownVoice: options.unknownVoice,
      onRequest: () => this.#tally.countRequest(),
      onFetched: (request) => this.#tally.countPaid(request),
      onWaiting: options.onWaiting,
    });
    try {
      const { utterance, offset } = this.#place;
      for await (const fetched of fetcher.from({ utterance, offset }, options.signal)) {
        this.#isSettled = false;
        await this.#add(fetched, plan, chapter);
        this.#isSettled = true;
        await this.#checkpoint(false);
        this.#reportProgress();
        options.signal?.throwIfAborted();
      }
    } finally {
      await fetcher.close();
    }
    this.#place = { chapter: chapter + 1, utterance: 0, offset: 0 };
    if (this.#place.chapter === this.#chapters.length) return;
    this.#isSettled = false;
    await this.#track.addPause(options.chapterPauseMs ?? DEFAULT_CHAPTER_PAUSE_MS);
    this.#isSettled = true;
    await this.#checkpoint(false);
  }

  get #isJoined(): boolean {
    return this.#options.format === 'mp3' && this.#options.createMp3Encoder === undefined;
  }

  async #add(fetched: FetchedSpeech, plan: NarrationPlan, chapter: number): Promise<void> {
    if (fetched.type === 'unit') await this.#addUnit(fetched.unit, plan, chapter);
    else await this.#addSkipped(fetched.utterance, fetched.error, chapter);
  }

  async #addUnit(unit: SpeechUnit, plan: NarrationPlan, chapter: number): Promise<void> {
    const placed = await this.#track.addSound(unit.sound);
    for (const record of toRecords(unit, placed, plan, chapter)) {
      this.#journal.add(record);
      this.#marks.note(record);
      this.#tally.countSpoken(record.text);
    }
    const { to } = unit;
    const last = plan.utteranceAt(to.utterance);
    if (last === undefined || last.spoken.text.slice(to.offset).trim() !== '') {
      this.#place = { chapter, ...to };
      return;
    }
    await this.#endUtterance(last, unit.from.utterance, chapter);
  }

  async #addSkipped(utterance: Utterance, error: StepAudioError, chapter: number): Promise<void> {
    const startMs = this.#track.lengthMs;
    const { text, sourceRange } = utterance.spoken;
    const skip = { chapter, utterance: utterance.index, range: sourceRange, atMs: startMs };
    const record = toSkippedRecord(utterance, error.code, chapter, startMs);
    this.#journal.add(record);
    this.#marks.note(record);
    this.#tally.countSpoken(text);
    this.#skipped.push({ ...skip, code: error.code, error });
    this.#options.onSkipped?.({ ...skip, code: error.code, error });
    await this.#track.addPause(SKIPPED_PAUSE_MS);
    await this.#endUtterance(utterance, utterance.index, chapter);
  }

  async #endUtterance(
    { index, pauseAfterMs }: Utterance,
    from: number,
    chapter: number,
  ): Promise<void> {
    this.#place = { chapter, utterance: index + 1, offset: 0 };
    this.#tally.countUtterances(index + 1 - from);
    await this.#track.addPause(pauseAfterMs);
  }

  /** Sound first: what the journal tells must be there. */
  async #checkpoint(isStop: boolean): Promise<void> {
    const track = await this.#track.checkpoint(isStop);
    if (track === undefined) return;
    await this.#options.files.sound.flush();
    await this.#journal.commit({ place: this.#place, track, totals: this.#tally.totals });
  }

  async #finish(): Promise<RenderReport> {
    const { files, tag } = this.#options;
    await this.#checkpoint(true);
    const lengthMs = this.#track.lengthMs;
    const chapters = this.#marks.list(lengthMs);
    await this.#track.finish({ ...tag, chapters });
    await files.sound.flush();
    await writeSubtitles(files, this.#journal.spoken(), { durationMs: lengthMs, chapters });
    const bytes = await files.sound.size();
    await this.#journal.end();
    const { requests, characters, billedUnits, doneUtterances } = this.#tally.totals;
    return {
      bytes,
      seconds: lengthMs / 1000,
      utterances: doneUtterances,
      requests,
      paidCharacters: characters,
      billedUnits,
      cost: this.#tally.cost,
      chapters,
      skipped: this.#skipped,
      resumed: this.#isResumed,
    };
  }

  #reportProgress(): void {
    const { onProgress } = this.#options;
    onProgress?.(this.#tally.progress(this.#place.chapter, this.#track.lengthMs / 1000));
  }
}

function checkNumber(
  value: number | undefined,
  path: string,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined || (value >= least && value <= most)) return;
  const allowed = `a number from ${least} to ${most}`;
  throw new ValidationError(`${path} is ${value}; it must be ${allowed}.`, {
    path,
    value,
    allowed,
  });
}

/** Of all that shapes the file: what has the same digest can be gone on with. */
function digestOf(chapters: readonly RenderChapter[], options: RenderOptions): string {
  const { voice, cast, pauses, text, tag, format, bitrate, sampleRate, scope } = options;
  const { chapterPauseMs, unknownVoice } = options;
  const isEncoded = options.createMp3Encoder !== undefined;
  const mp3 = format === 'mp3' ? { isEncoded, bitrate, tag } : undefined;
  const shape = { format, mp3, sampleRate, chapterPauseMs, title: tag?.title };
  const speech = { voice, cast, pauses, text, scope, unknownVoice };
  const sources = chapters.flatMap(({ title, source }) => [title, source]);
  return renderDigest([shape, speech, ...sources]);
}

/** Brings the files to where the journal says that they are, or begins anew. */
async function prepare(
  journal: RenderJournal,
  { files, replace = false }: RenderOptions,
): Promise<void> {
  const { sound, srt, vtt, words } = files;
  const size = await sound.size();
  if (journal.found === 'same') {
    const { track } = journal.checkpoint ?? {};
    if (track === undefined || size >= track.bytes) {
      // The journal stays as it is: if it were emptied before the sound is, nobody would know whose the sound was.
      await sound.truncate(track?.bytes ?? 0);
      return;
    }
    if (!replace) {
      throw new StepAudioError(
        `The file has ${size} bytes, and its journal says that ${track.bytes} were written: it is another one, or was cut. Set \`replace\` to begin anew.`,
        { code: 'render_changed' },
      );
    }
  }
  if (journal.found === 'other' && !replace) throw refuseOther();
  for (const file of replace ? [] : [sound, srt, vtt, words]) {
    if (((await file?.size()) ?? 0) === 0) continue;
    const what = file === sound ? 'The file' : 'A file of subtitles';
    throw new StepAudioError(`${what} is there already. Set \`replace\` to write over it.`, {
      code: 'file_exists',
    });
  }
  await sound.truncate(0);
  await journal.begin();
}
