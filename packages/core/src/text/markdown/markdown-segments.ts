import { plainTextIn, proseSegments } from '../plain-text.ts';
import { announcementDraft, finishDraft, speakingContext, STEP_LENGTH } from '../segment-draft.ts';
import type { SpeakableOptions } from '../speakable-options.ts';
import type { SpokenStep, TextSource } from '../spoken-segment.ts';
import { readBlocks } from './block-reader.ts';
import { BlockSpeech } from './block-speech.ts';
import { frontMatter } from './front-matter.ts';
import { LinkDefinitions } from './link-definitions.ts';

/**
 * Reads Markdown: CommonMark and GFM with front matter, math, callouts, footnotes, wiki links, embeds, highlights,
 * comments, tags and block ids. The options as those of `speakable`.
 *
 * @param chunkLength How much is parsed at once, in code units.
 */
export function* markdownSegments(
  source: TextSource,
  options: SpeakableOptions = {},
  chunkLength?: number,
): Generator<SpokenStep> {
  const { text } = source;
  const matter = frontMatter(text);
  const context = speakingContext(text, options, matter?.language);
  let start = options.from ?? 0;
  if (start < (matter?.end ?? 0)) {
    if (context.policies.frontMatter === 'read') {
      yield* plainTextIn(context, matter!.content, { block: 0, kind: 'front-matter' });
    } else if (context.policies.frontMatter === 'announce') {
      const range = { start: 0, end: matter!.end };
      const place = { kind: 'front-matter', level: 0, range, block: 0 } as const;
      const { frontMatter: words } = context.announcements;
      yield* finishDraft(announcementDraft(context, words, place), context);
    }
    start = matter!.end;
  }
  if (start === 0 && text.startsWith('\uFEFF')) start = 1;
  const definitions = new LinkDefinitions(text);
  const onlyTableHeads = context.policies.table !== 'read';
  let stepStart = start;
  for (const block of readBlocks(text, start, { chunkLength, onlyTableHeads })) {
    if (block === undefined) {
      yield undefined;
      continue;
    }
    const { end } = block.node === undefined ? block : block.part;
    if (block.node === undefined) {
      if (context.policies.paragraph !== 'skip') yield* proseSegments(context, block, block.start);
    } else {
      if (definitions.areAskedForBefore(end)) yield* definitions.search();
      yield* new BlockSpeech(context, block, definitions).segments();
    }
    if (end - stepStart < STEP_LENGTH) continue;
    stepStart = end;
    yield undefined;
  }
}
