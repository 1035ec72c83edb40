import { type DelimiterType, InlineContext, type MarkdownConfig } from '@lezer/markdown';

/**
 * Inline syntax that Markdown hosts add: math, wiki links and embeds, highlights, comments, tags, footnote marks, block
 * ids, and addresses; and a bound on what is read as Markdown at all.
 */
export const INLINE_SYNTAX: MarkdownConfig = {
  defineNodes: [
    'InlineMath',
    'WikiLink',
    'Embed',
    'Highlight',
    'HighlightMark',
    'PercentComment',
    'Tag',
    'FootnoteReference',
    'InlineFootnote',
    'BlockId',
  ],
  // What stands later stands before what came earlier.
  parseInline: [
    { name: 'InlineMath', before: 'Escape', parse: parseMath },
    { name: 'PercentComment', before: 'Escape', parse: parsePercentComment },
    { name: 'DoubleBracket', before: 'Link', parse: parseDoubleBracket },
    { name: 'FootnoteReference', before: 'Link', parse: parseFootnoteReference },
    { name: 'Emphasis', parse: parseEmphasis },
    { name: 'Highlight', after: 'Emphasis', parse: parseHighlight },
    { name: 'Tag', parse: parseTag },
    { name: 'Caret', parse: parseCaret },
    { name: 'Autolink', parse: parseAddress },
    { name: 'PlainSection', before: 'InlineMath', parse: passPlainSection },
  ],
};

/** A longer paragraph is plain text: emphasis and links can cost a time that grows with the square of the length. */
export const LONGEST_INLINE = 10_000;

/** No prose has more marks than this in a paragraph; each may be compared with each other. */
const MOST_MARKS = 1_000;

function passPlainSection(cx: InlineContext, _next: number, pos: number): number {
  if (pos !== cx.offset) return -1;
  const length = cx.end - cx.offset;
  if (length <= MOST_MARKS) return -1;
  return length > LONGEST_INLINE || countMarks(cx.slice(cx.offset, cx.end)) > MOST_MARKS
    ? cx.end
    : -1;
}

function countMarks(text: string): number {
  let marks = 0;
  for (let index = 0; index < text.length; index += 1) {
    if ('*_[]<`$~=%!'.includes(text.charAt(index))) marks += 1;
  }
  return marks;
}

const DOLLAR = 36;
const PERCENT = 37;
const ASTERISK = 42;
const UNDERSCORE = 95;
const EXCLAMATION = 33;
const BRACKET = 91;
const CARET = 94;
const EQUALS = 61;
const HASH = 35;
const LONGEST_FORMULA = 2_000;

/** Between two prices there are words: `$6, or 3$`. */
const PRICES = /^\d[\d.,]*[,;]?\s+(?:[A-Za-z]{2,}\b|[A-Za-z]*\s+[A-Za-z])(?![^]*[\\=+])/;
const LONGEST_NAME = 500;

function parseMath(cx: InlineContext, next: number, pos: number): number {
  if (next !== DOLLAR) return -1;
  const marks = cx.char(pos + 1) === DOLLAR ? 2 : 1;
  const start = pos + marks;
  // As pandoc has it: no white space inside the dollars, no digit behind them, so that prices are not formulas.
  if (marks === 1 && /^(?:\s|$)/.test(cx.slice(start, start + 1))) return -1;
  const text = cx.slice(start, Math.min(cx.end, start + LONGEST_FORMULA));
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '$') {
      if (marks === 2) {
        if (text[index + 1] !== '$' || index === 0) continue;
      } else if (/\s/.test(text.charAt(index - 1)) || /[\d$]/.test(text.charAt(index + 1))) {
        return -1;
      }
      if (PRICES.test(text.slice(0, index))) return -1;
      return cx.addElement(cx.elt('InlineMath', pos, start + index + marks));
    }
  }
  return -1;
}

function parsePercentComment(cx: InlineContext, next: number, pos: number): number {
  if (next !== PERCENT || cx.char(pos + 1) !== PERCENT) return -1;
  const close = cx.slice(pos + 2, cx.end).indexOf('%%');
  if (close < 0) return -1;
  return cx.addElement(cx.elt('PercentComment', pos, pos + close + 4));
}

function parseDoubleBracket(cx: InlineContext, next: number, pos: number): number {
  const embeds = next === EXCLAMATION;
  const start = embeds ? pos + 1 : pos;
  if (!embeds && next !== BRACKET) return -1;
  if (cx.char(start) !== BRACKET || cx.char(start + 1) !== BRACKET) return -1;
  const match = /^\[\[([^\n[\]]+)\]\]/.exec(
    cx.slice(start, Math.min(cx.end, start + LONGEST_NAME)),
  );
  if (match === null) return -1;
  const end = start + match[0].length;
  return cx.addElement(cx.elt(embeds ? 'Embed' : 'WikiLink', pos, end));
}

function parseFootnoteReference(cx: InlineContext, next: number, pos: number): number {
  if (next !== BRACKET || cx.char(pos + 1) !== CARET) return -1;
  const match = /^\[\^[^\s[\]]{1,100}\]/.exec(cx.slice(pos, Math.min(cx.end, pos + 104)));
  if (match === null) return -1;
  return cx.addElement(cx.elt('FootnoteReference', pos, pos + match[0].length));
}

/** An inline footnote `^[text]`, or the id of a block at its end. */
function parseCaret(cx: InlineContext, next: number, pos: number): number {
  if (next !== CARET) return -1;
  if (cx.char(pos + 1) === BRACKET) {
    const note = /^\^\[[^[\]]+\]/.exec(cx.slice(pos, Math.min(cx.end, pos + LONGEST_FORMULA)));
    return note === null ? -1 : cx.addElement(cx.elt('InlineFootnote', pos, pos + note[0].length));
  }
  if (!/^(?:\s|$)/.test(cx.slice(pos - 1, pos))) return -1;
  const id = cx.slice(pos, Math.min(cx.end, pos + 102));
  if (id.length > 101 || !/^\^[\w-]+\s*$/.test(id)) return -1;
  return cx.addElement(cx.elt('BlockId', pos, cx.end));
}

/**
 * CommonMark's rule, but a Chinese or Japanese neighbour lets a mark open and close as white space does: `**要点：**正文`
 * is emphasis to everybody who writes it.
 */
function parseEmphasis(cx: InlineContext, next: number, pos: number): number {
  if (next !== ASTERISK && next !== UNDERSCORE) return -1;
  let end = pos + 1;
  while (cx.char(end) === next) end += 1;
  const before = lastCharacter(cx.slice(Math.max(cx.offset, pos - 2), pos));
  const after = /^[^]?/u.exec(cx.slice(end, end + 2))![0];
  const spaceBefore = before === '' || /\s/.test(before);
  const spaceAfter = after === '' || /\s/.test(after);
  const markBefore = MARK.test(before);
  const markAfter = MARK.test(after);
  const opens = !spaceAfter && (!markAfter || spaceBefore || markBefore || EAST_ASIAN.test(before));
  const closes = !spaceBefore && (!markBefore || spaceAfter || markAfter || EAST_ASIAN.test(after));
  if (next === ASTERISK)
    return cx.addDelimiter(InlineContext.emphasisAsterisk, pos, end, opens, closes);
  const type = InlineContext.emphasisUnderscore;
  return cx.addDelimiter(
    type,
    pos,
    end,
    opens && (!closes || markBefore),
    closes && (!opens || markAfter),
  );
}

function lastCharacter(text: string): string {
  return /[\uDC00-\uDFFF]$/.test(text) ? text : text.slice(-1);
}

const MARK = /^[\p{S}\p{P}]/u;
const EAST_ASIAN = /^[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF00-\uFFEF\u{20000}-\u{3FFFF}]/u;

const HIGHLIGHT: DelimiterType = { resolve: 'Highlight', mark: 'HighlightMark' };

function parseHighlight(cx: InlineContext, next: number, pos: number): number {
  if (next !== EQUALS || cx.char(pos + 1) !== EQUALS || cx.char(pos + 2) === EQUALS) return -1;
  if (cx.char(pos - 1) === EQUALS) return -1;
  const opens = /^\S/.test(cx.slice(pos + 2, pos + 3));
  const closes = /^\S/.test(cx.slice(pos - 1, pos));
  return cx.addDelimiter(HIGHLIGHT, pos, pos + 2, opens, closes);
}

function parseTag(cx: InlineContext, next: number, pos: number): number {
  if (next !== HASH || !/^(?:[\s(（，。、；：]|$)/.test(cx.slice(pos - 1, pos))) return -1;
  const match = /^#[\p{L}\p{M}\p{N}\p{Extended_Pictographic}_/-]+/u.exec(
    cx.slice(pos, Math.min(cx.end, pos + LONGEST_NAME)),
  );
  // A number alone is none: `#1` is the first.
  if (match === null || /^#[\d/_-]+$/.test(match[0])) return -1;
  return cx.addElement(cx.elt('Tag', pos, pos + match[0].length));
}

/** An address as it stands, so that the underscores in it are not taken for emphasis. */
function parseAddress(cx: InlineContext, next: number, pos: number): number {
  if ((next | 32) !== 104 && (next | 32) !== 119) return -1;
  if (/^[\p{L}\p{N}_]/u.test(cx.slice(pos - 1, pos))) return -1;
  const text = cx.slice(pos, Math.min(cx.end, pos + 2_048));
  const match = /^(?:https?:\/\/|www\.)[!#-'+-;=?-Z\\_a-z~\u00C0-\u024F]+/i.exec(text);
  if (match === null) return -1;
  const address = match[0].replace(/[!'*,.:;?_~]+$/, '');
  return cx.addElement(cx.elt('URL', pos, pos + address.length));
}
