/** What a UTF-16 code unit can mean for the end of a sentence. */
export const OTHER = 0;
/** The full stop of the Latin alphabet, which is also a decimal point and half of an abbreviation. */
export const STOP = 1;
/** ASCII `!` and `?`: an end only where something that ends follows. */
export const ASKING = 2;
/** Marks that end by themselves, without a space behind them. */
export const FULL = 3;
export const ELLIPSIS = 4;
export const OPENING = 5;
export const CLOSING = 6;
export const LINE_BREAK = 7;
/** What may begin an emoji. */
export const EMOJI = 8;
/** The straight double quote, which opens and closes. */
export const QUOTE = 9;
/** A question mark in Greek. */
export const SEMICOLON = 10;

const FULL_MARKS = '。．｡！？；‼⁇⁈⁉‽⸮⸘؟۔।॥።፧፨။។៕៘๚๛༎܀܁܂߹։᠃᠉᪨᪩︒﹒﹖﹗꓿';
const OPENING_MARKS = '([{（［｛【《〈「『〔〖｢﴾';
const CLOSING_MARKS = ')]}）］｝】》〉」』〕〗｣﴿';
const LINE_BREAKS = '\n\r\v\f\u0085\u2028\u2029';

let classes: Uint8Array | undefined;

/** One byte per code unit: 64 kB, made with the first text. */
export function markClasses(): Uint8Array {
  if (classes !== undefined) return classes;
  const made = new Uint8Array(0x10000);
  const mark = (units: string, kind: number) => {
    for (let index = 0; index < units.length; index += 1) made[units.charCodeAt(index)] = kind;
  };
  mark('.', STOP);
  mark('!?', ASKING);
  mark(FULL_MARKS, FULL);
  mark('…⋯︙', ELLIPSIS);
  mark(OPENING_MARKS, OPENING);
  mark(CLOSING_MARKS, CLOSING);
  mark(LINE_BREAKS, LINE_BREAK);
  mark('"', QUOTE);
  mark(';\u037e', SEMICOLON);
  made.fill(EMOJI, 0x2600, 0x27c0);
  mark('\ud83c\ud83d\ud83e', EMOJI);
  classes = made;
  return made;
}

export function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0xa0 || code === 0x85;
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x3000 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x1680 ||
    code === 0xfeff
  );
}

export function isLineBreak(code: number): boolean {
  return (code >= 0x0a && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029;
}

/** The mark that closes what an opening bracket opens. */
export function closingOf(opening: number): number {
  return CLOSING_MARKS.charCodeAt(OPENING_MARKS.indexOf(String.fromCharCode(opening)));
}

/** Letters and marks of the scripts that put no space between words or sentences: Han, kana, and full-width forms. */
export function isCjk(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xffef) ||
    (code >= 0xd840 && code <= 0xd888)
  );
}

/** A letter of these scripts, without their punctuation. */
export function isCjkLetter(code: number): boolean {
  return (
    (code >= 0x3041 && code <= 0x30ff && code !== 0x30fb) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff66 && code <= 0xff9f) ||
    (code >= 0xd840 && code <= 0xd888) ||
    code === 0x3005 ||
    code === 0x3007
  );
}

/** Marks inside a sentence: what stands before one of them is not over. */
const CLAUSE_MARKS = ',;:，、：､،؛՝၊፣፤፥៖';

export function isClauseMark(code: number): boolean {
  return code > 0 && CLAUSE_MARKS.includes(String.fromCharCode(code));
}

export function isDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0xff10 && code <= 0xff19);
}

/** How many line breaks a white space is: the second half of CR LF none, a paragraph separator two. */
export function lineBreaksAt(
  text: { at(index: number): number },
  at: number,
  from: number,
): number {
  const code = text.at(at);
  if (!isLineBreak(code)) return 0;
  if (code === 0x2029) return 2;
  return code === 0x0a && at > from && text.at(at - 1) === 0x0d ? 0 : 1;
}

export function isGreek(code: number): boolean {
  return (code >= 0x370 && code <= 0x3ff) || (code >= 0x1f00 && code <= 0x1fff);
}
