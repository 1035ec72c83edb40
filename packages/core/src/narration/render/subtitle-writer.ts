import type { Id3Chapter } from '../../audio/mp3/id3-tag.ts';
import { AppendWriter } from './append-writer.ts';
import type { RenderFile, RenderFiles } from './render-file.ts';
import type { SpokenRecord } from './render-journal.ts';
import { SubtitleCutter } from './subtitle-cues.ts';
import type { SubtitleCue } from './subtitle-cues.ts';
import { VTT_HEADER, toSrtBlock, toVttBlock } from './subtitle-file.ts';

/** When what is heard, as `words` has it. All times are milliseconds from the start of the file. */
export type NarrationTranscript = {
  readonly version: 1;
  readonly durationMs: number;
  readonly chapters: readonly Id3Chapter[];
  readonly sentences: readonly TranscriptSentence[];
};

export type TranscriptSentence = {
  /** Index of the source. */
  readonly chapter: number;
  /** Counts the sentences of the source; a long one may come in parts. */
  readonly utterance: number;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In the source, in UTF-16 code units. */
  readonly source: TranscriptRange;
  /** Whether the times are the service's, or reckoned from the lengths of the words. */
  readonly timing: 'service' | 'estimate';
  readonly words: readonly {
    readonly text: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly source: TranscriptRange;
  }[];
  /** Why it is not heard: the error's code. */
  readonly skipped?: string | undefined;
};

type TranscriptRange = { readonly start: number; readonly end: number };

/** Writes the files beside the sound, sentence by sentence: a book of ten hours has half a million words. */
export async function writeSubtitles(
  files: Pick<RenderFiles, 'srt' | 'vtt' | 'words'>,
  spoken: AsyncIterable<SpokenRecord>,
  facts: { durationMs: number; chapters: readonly Id3Chapter[] },
): Promise<void> {
  const { srt, vtt, words } = files;
  const given = [srt, vtt, words].filter((file) => file !== undefined);
  if (given.length === 0) return;
  const writers = new Map<RenderFile, AppendWriter>();
  for (const file of given) {
    await file.truncate(0);
    writers.set(file, new AppendWriter(file, 0));
  }
  const write = async (file: RenderFile | undefined, text: string): Promise<void> => {
    if (file !== undefined) await writers.get(file)!.writeText(text);
  };
  const { durationMs, chapters } = facts;
  const cutter = new SubtitleCutter();
  let cueCount = 0;
  const writeCues = async (cues: readonly SubtitleCue[]): Promise<void> => {
    for (const { endMs, ...cue } of cues) {
      // A short cue stays to be read, but not beyond the sound.
      const shown = { ...cue, endMs: Math.max(cue.startMs, Math.min(endMs, durationMs)) };
      await write(srt, toSrtBlock(shown, cueCount));
      await write(vtt, toVttBlock(shown));
      cueCount += 1;
    }
  };
  await write(vtt, VTT_HEADER);
  const head = JSON.stringify({ version: 1, durationMs: Math.round(durationMs), chapters });
  await write(words, `${head.slice(0, -1)},"sentences":[`);
  let separator = '\n';
  for await (const record of spoken) {
    const sentence = toSentence(record);
    await write(words, separator + JSON.stringify(sentence));
    separator = ',\n';
    if (record.skipped === undefined) await writeCues(cutter.push(sentence));
  }
  await writeCues(cutter.flush());
  await write(words, '\n]}\n');
  for (const [file, writer] of writers) {
    await writer.drain();
    await file.flush();
  }
}

/** As a transcript has it. */
export function toSentence(record: SpokenRecord): TranscriptSentence {
  const { chapter, utterance, text, startMs, endMs, source, timing, words, skipped } = record;
  return {
    chapter,
    utterance,
    text,
    startMs,
    endMs,
    source: { start: source[0], end: source[1] },
    timing,
    skipped,
    words: words.map(([start, end, startMs, endMs, sourceStart, sourceEnd]) => ({
      text: text.slice(start, end),
      startMs,
      endMs,
      source: { start: sourceStart, end: sourceEnd },
    })),
  };
}
