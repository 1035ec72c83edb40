import { ProseBuilder } from '../prose-builder.ts';
import {
  LONGEST_SEGMENT,
  prosePieces,
  type SpeakingContext,
  STEP_LENGTH,
} from '../segment-draft.ts';
import type { MappedText } from '../mapped-text.ts';
import type { TextRange } from '../text-range.ts';
import { decodeEntity } from './entities.ts';

/**
 * The text between the tags of a block of HTML: one part for each of its paragraphs, items and cells; and `undefined` now
 * and then where nothing is said.
 */
export function* htmlParts(
  context: SpeakingContext,
  { start, end }: TextRange,
): Generator<MappedText | undefined> {
  const { text, policies, announcements } = context;
  const html = text.slice(start, end);
  let prose = new ProseBuilder(text);
  let place = 0;
  let stepStart = 0;
  function* words(from: number, to: number): Generator<MappedText> {
    if (to - from <= LONGEST_SEGMENT) {
      prose.text(from, to);
      if (prose.length <= LONGEST_SEGMENT) return;
    }
    if (!prose.isEmpty) yield prose.build();
    prose = new ProseBuilder(text);
    if (to - from > LONGEST_SEGMENT) yield* prosePieces(text, { start: from, end: to });
  }
  for (const { 0: token, index } of html.matchAll(TOKEN)) {
    yield* words(start + place, start + index);
    const from = start + index;
    place = index + token.length;
    if (place - stepStart >= STEP_LENGTH) {
      stepStart = place;
      yield undefined;
    }
    if (token.startsWith('<!--')) {
      const close = token.endsWith('-->') ? 3 : 0;
      if (policies.comment === 'read') yield* words(from + 4, start + place - close);
      else if (policies.comment === 'announce')
        prose.words(announcements.comment, from, start + place);
    } else if (token.startsWith('&')) {
      const character = decodeEntity(token);
      if (character === undefined) prose.text(from, start + place);
      else if (/^\s$/.test(character)) prose.separate(from, start + place);
      else prose.words(character, from, start + place);
    } else if (BREAKS.test(token)) {
      if (!prose.isEmpty) yield prose.build();
      prose = new ProseBuilder(text);
    }
  }
  yield* words(start + place, end);
  if (!prose.isEmpty) yield prose.build();
}

const TOKEN =
  /<!--[^]*?(?:-->|$)|<(script|style|rt|rp|svg|template)\b[^<>]*>[^]*?(?:<\/\1\s*>|$)|<\?[^]*?(?:\?>|$)|<!\[CDATA\[|\]\]>|<\/?[a-z][^<>]*>|<![a-z][^<>]*>|&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,30});/gi;
const BREAKS =
  /^<\/?(?:address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)\b/i;
