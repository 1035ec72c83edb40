import type { MappedText } from '../mapped-text.ts';
import { editSpoken, type SpokenEdit } from './edit-spoken.ts';

/**
 * Takes out drawings and shortens what is repeated: rows of dashes and boxes go, `!!!!!!` becomes `!`, `?!?!?!` becomes
 * `?!`, a long ellipsis a plain one, a row of emoji its first.
 */
export function reduceRepeatedMarks(spoken: MappedText): MappedText {
  return reduceRuns(dropDrawnLines(spoken));
}

/** Lines made of marks only, such as the border of a table in ASCII. */
function dropDrawnLines(spoken: MappedText): MappedText {
  const { text } = spoken;
  if (!DRAWING_HINT.test(text)) return spoken;
  const edits: SpokenEdit[] = [];
  for (const match of text.matchAll(/[^\r\n]+/gu)) {
    const line = match[0].trim();
    if (line.length < 3 || !DRAWN_LINE.test(line) || !DRAWING_HINT.test(line)) continue;
    edits.push({ start: match.index, end: match.index + match[0].length, words: '' });
  }
  return editSpoken(spoken, edits);
}

const DRAWING_HINT = /[-+|/\\_=*#~<>^.:'`\u2500-\u259f]\s?[-+|/\\_=*#~<>^`\u2500-\u259f]/u;
const DRAWN_LINE = /^[-+|/\\_=*#~<>^.:;,'"`\s\u2500-\u259f\u25a0-\u25ff]+$/u;

function reduceRuns(spoken: MappedText): MappedText {
  const { text } = spoken;
  if (!RUN.test(text)) return spoken;
  const edits: SpokenEdit[] = [];
  for (const match of text.matchAll(new RegExp(RUN, 'gu'))) {
    const run = match[0];
    const start = match.index;
    const end = start + run.length;
    const keep = keptLength(run);
    if (keep > 0) edits.push({ start: start + keep, end, words: '' });
    else if (isDash(text, start, end)) edits.push({ start, end, words: '——' });
    else edits.push(removal(text, start, end));
  }
  return editSpoken(spoken, edits);
}

const EMOJI = String.raw`(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?[\u{e0020}-\u{e007f}]*(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)*)`;
const RUN = new RegExp(
  [
    String.raw`[!?！？]{4,}`,
    String.raw`([。，、；：,;:~～])\1{3,}`,
    String.raw`\.{4,}|…{3,}`,
    String.raw`[—―–]{3,}`,
    String.raw`([-=_*#+|<>\/\\^])\2{3,}`,
    String.raw`[\u2500-\u259f]+|[\u2800-\u28ff]{2,}`,
    String.raw`${EMOJI}(?:\s?${EMOJI}){3,}`,
  ].join('|'),
  'u',
);

/** How much of the front of a run is spoken. */
function keptLength(run: string): number {
  const first = run.charAt(0);
  if (/[!?！？]/u.test(first))
    return run.split('').findIndex((mark) => mark !== first) === 1 ? 2 : 1;
  if (first === '.') return 3;
  if (first === '…' || first === '—' || first === '―' || first === '–') return 2;
  if (/[。，、；：,;:~～]/u.test(first)) return 1;
  const emoji = new RegExp(`^${EMOJI}`, 'u').exec(run);
  return emoji === null ? 0 : emoji[0].length;
}

/** Japanese and Chinese texts draw their long dash with two strokes of a box. */
function isDash(text: string, start: number, end: number): boolean {
  const attached = /\S/u.test(text.charAt(start - 1)) && /\S/u.test(text.charAt(end));
  return attached && /^[─━]{2,3}$/u.test(text.slice(start, end));
}

/** Leaves out a drawing; one space stays between the words on its sides. */
function removal(text: string, start: number, end: number): SpokenEdit {
  const behind = text.charAt(end);
  if (!/\S/u.test(text.charAt(start - 1)))
    return { start, end: /[ \t]/u.test(behind) ? end + 1 : end, words: '' };
  return { start, end, words: /\S/u.test(behind) ? ' ' : '' };
}
