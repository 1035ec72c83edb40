import { plainTextIn, proseSegments } from '../plain-text.ts';
import { announcementDraft, finishDraft, speakingContext } from '../segment-draft.ts';
import type { SpeakableOptions } from '../speakable-options.ts';
import type { SpokenSegment, TextSource } from '../spoken-segment.ts';
import { readBlocks } from './block-reader.ts';
import { BlockSpeech } from './block-speech.ts';
import { frontMatter } from './front-matter.ts';
import { linkDefinitions } from './link-definitions.ts';

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
): Generator<SpokenSegment> {
  const { text } = source;
  const matter = frontMatter(text);
  const context = speakingContext(text, options, matter?.language);
  let start = options.from ?? 0;
  if (start < (matter?.end ?? 0)) {
    if (context.policies.frontMatter === 'read') {
      for (const segment of plainTextIn(context, matter!.content, 0)) {
        yield { ...segment, kind: 'front-matter' };
      }
    } else if (context.policies.frontMatter === 'announce') {
      const range = { start: 0, end: matter!.end };
      const place = { kind: 'front-matter', level: 0, range, block: 0 } as const;
      const { frontMatter: words } = context.announcements;
      yield* finishDraft(announcementDraft(context, words, place), context);
    }
    start = matter!.end;
  }
  if (start === 0 && text.startsWith('\uFEFF')) start = 1;
  const isDefined = linkDefinitions(text);
  const onlyTableHeads = context.policies.table !== 'read';
  for (const block of readBlocks(text, start, { chunkLength, onlyTableHeads })) {
    if (block.node === undefined) {
      if (context.policies.paragraph !== 'skip') yield* proseSegments(context, block, block.start);
    } else yield* new BlockSpeech(context, block, isDefined).segments();
  }
}
