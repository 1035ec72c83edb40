import type { TextRange } from '../text-range.ts';
import { codeSyntaxOf } from './code-languages.ts';
import type { BlockComment, CodeSyntax, LineComment, StringSyntax } from './code-syntax.ts';
import { type CodeMark, codeMarks, type MarkTable } from './code-marks.ts';
import { isDocumentation } from './docstring.ts';
import { markupTokens } from './markup-tokens.ts';

/** A stretch of source code; the stretches of a source touch each other. */
export type CodeToken = TextRange & {
  /** `prose` is the text between tags, `regex` a regular expression. */
  readonly kind: 'code' | 'string' | 'comment' | 'prose' | 'tag' | 'regex';
  /** Without the marks around it. */
  readonly content: TextRange;
  /** From where the source can be read again with this token as the first. */
  readonly block: number;
  /** Of a comment: what opened it. */
  readonly open: string;
  readonly isBlock: boolean;
  /** Of a string: what opens code within it. */
  readonly hole?: string | undefined;
};

/** Cuts source code into comments, strings and the rest, from its front to its end. Linear and lazy. */
export function codeTokens(
  text: string,
  range: TextRange,
  syntax: CodeSyntax,
): Generator<CodeToken> {
  return syntax.markup === true
    ? markupTokens(text, range, syntax)
    : new CodeReader(text, range, syntax, undefined).tokens();
}

/** The tokens of a language that stands within markup; it can only be read again from where the markup can. */
export function* embeddedTokens(
  text: string,
  range: TextRange,
  language: string,
  block: number,
): Generator<CodeToken> {
  const syntax = codeSyntaxOf(language) ?? {};
  yield* new CodeReader(text, range, { ...syntax, markup: false }, block).tokens();
}

export function plainToken(
  kind: CodeToken['kind'],
  start: number,
  end: number,
  block: number,
): CodeToken {
  return { kind, start, end, content: { start, end }, block, open: '', isBlock: false };
}

/** Longest code handed out at once, so that no step takes long. */
const CODE_STEP = 16_000;
/** Deeper templates are read as text. */
const DEEPEST_HOLE = 24;

class CodeReader {
  readonly #text: string;
  readonly #end: number;
  readonly #marks: MarkTable;
  readonly #block: number | undefined;
  /** Where the code begins that has not been handed out. */
  #code: number;
  /** Strings that are not closed up to a place: looking for their end once is enough. */
  readonly #unclosed = new Map<string, number>();
  /** Code within a string that went on to the end: from then on it is read as text, which keeps the time linear. */
  #holesAreBroken = false;

  constructor(text: string, range: TextRange, syntax: CodeSyntax, block: number | undefined) {
    this.#text = text;
    this.#code = range.start;
    this.#end = range.end;
    this.#marks = codeMarks(syntax);
    this.#block = block;
  }

  *tokens(): Generator<CodeToken> {
    let search = this.#code;
    while (search < this.#end) {
      const found = this.#next(search);
      const token = found === undefined ? undefined : this.#token(found.mark, found.start);
      const until = found?.start ?? this.#end;
      if (token === undefined && found !== undefined) {
        search = found.start + Math.max(1, found.mark.open.length);
        if (search - this.#code > CODE_STEP) yield* this.#codeUntil(search);
        continue;
      }
      yield* this.#codeUntil(token?.start ?? until);
      if (token === undefined) return;
      yield token;
      this.#code = token.end;
      search = token.end;
    }
    yield* this.#codeUntil(this.#end);
  }

  *#codeUntil(end: number): Generator<CodeToken> {
    let from = this.#code;
    this.#code = end;
    while (from < end) {
      let until = Math.min(end, from + CODE_STEP);
      if (until < end) {
        const line = this.#text.lastIndexOf('\n', until) + 1;
        if (line > from) until = line;
        else if (/[\udc00-\udfff]/u.test(this.#text.charAt(until))) until -= 1;
      }
      yield plainToken('code', from, until, this.#block ?? from);
      from = until;
    }
  }

  #next(from: number): { mark: CodeMark; start: number } | undefined {
    const { pattern, find } = this.#marks;
    pattern.lastIndex = from;
    const match = pattern.exec(this.#text);
    if (match === null || match.index >= this.#end) return undefined;
    return { mark: find(match[0]), start: match.index };
  }

  /** What a mark opens, or `undefined` if it opens nothing here. */
  #token(mark: CodeMark, start: number): CodeToken | undefined {
    switch (mark.kind) {
      case 'line':
        return this.#lineComment(mark.syntax, start);
      case 'block':
        return this.#blockComment(mark.syntax, start);
      case 'string':
        return this.#string(mark.syntax, start);
      case 'raw':
        return this.#rawString(mark.open, mark.close, mark.isComment, start);
      case 'heredoc':
        return this.#heredoc(mark.open, start);
      case 'regex':
        return this.#regex(start);
    }
  }

  #lineComment({ open, where, notBefore }: LineComment, start: number): CodeToken | undefined {
    if (where === 'line-start' && !this.#beginsLine(start)) return undefined;
    if (where === 'after-space' && !/^[\s;&|(]?$/u.test(this.#text.charAt(start - 1)))
      return undefined;
    // In TeX and in makefiles `\%` and `\#` are the characters themselves.
    if (/^[%#;]/u.test(open) && this.#text.charAt(start - 1) === '\\') return undefined;
    const next = this.#text.charAt(start + open.length);
    if (next !== '' && notBefore?.includes(next) === true) return undefined;
    if (
      open === '//' &&
      /(?:https?|ftp|file|wss?):$/u.test(this.#text.slice(Math.max(0, start - 6), start))
    ) {
      return undefined;
    }
    const end = this.#lineEnd(start);
    return {
      ...plainToken('comment', start, end, this.#block ?? start),
      content: { start: start + open.length, end },
      open,
    };
  }

  #blockComment(
    { open, close, nested, where }: BlockComment,
    start: number,
  ): CodeToken | undefined {
    if (where === 'line-start' && !this.#beginsLine(start)) return undefined;
    let place = start + open.length;
    for (let depth = 1; depth > 0;) {
      const closing = this.#text.indexOf(close, place);
      // One that is never closed is a comment up to the end, as compilers take it.
      if (closing < 0 || closing >= this.#end)
        return this.#comment(start, open, this.#end, this.#end);
      const opening = nested === true ? this.#text.slice(place, closing).split(open).length - 1 : 0;
      depth += opening - 1;
      place = closing + close.length;
    }
    return this.#comment(start, open, place - close.length, place);
  }

  #comment(start: number, open: string, contentEnd: number, end: number): CodeToken {
    return {
      ...plainToken('comment', start, end, this.#block ?? start),
      content: { start: start + open.length, end: contentEnd },
      open,
      isBlock: true,
    };
  }

  #string(syntax: StringSyntax, start: number): CodeToken | undefined {
    const { open, close } = syntax;
    if (open === "'" && this.#isWithinWord(start)) return undefined;
    if (this.#text.charAt(start - 1) === '\\') return undefined;
    if (start < (this.#unclosed.get(open) ?? 0)) return undefined;
    if (this.#marks.characters && open === "'" && !this.#isCharacter(start)) return undefined;
    const end = this.#stringEnd(syntax, start + open.length, 0);
    if (end === undefined) return undefined;
    const first = start - this.#prefixLength(start);
    const documents = syntax.documents === true && isDocumentation(this.#text, start, end);
    return {
      ...plainToken(documents ? 'comment' : 'string', first, end, this.#block ?? first),
      content: { start: start + open.length, end: end - close.length },
      open,
      isBlock: true,
      hole: syntax.hole,
    };
  }

  /** Behind a string's end mark. */
  #stringEnd(syntax: StringSyntax, from: number, depth: number): number | undefined {
    const { close, escape = 'backslash', multiline, hole } = syntax;
    const stops = this.#marks.stopsOf(syntax);
    let place = from;
    for (;;) {
      stops.lastIndex = place;
      const stop = stops.exec(this.#text);
      if (stop === null || stop.index >= this.#end) {
        if (depth === 0) this.#unclosed.set(syntax.open, this.#end);
        if (depth > 0) this.#holesAreBroken = true;
        return undefined;
      }
      const mark = stop[0];
      place = stop.index + mark.length;
      if (mark === '\n' && multiline !== true) {
        if (depth === 0) this.#unclosed.set(syntax.open, stop.index);
        return undefined;
      }
      if (mark === close) {
        if (escape !== 'doubled' || !this.#text.startsWith(close, place)) return place;
        place += close.length;
      } else if (mark.startsWith('\\')) {
        if (mark.includes('\n') && multiline !== true && this.#text.charAt(place) === '')
          return undefined;
      } else if (mark === hole && depth < DEEPEST_HOLE && !this.#holesAreBroken) {
        place = this.#holeEnd(place, depth + 1) ?? place;
        if (this.#holesAreBroken && depth > 0) return undefined;
      }
    }
  }

  /** Behind the bracket that closes the code within a string. */
  #holeEnd(from: number, depth: number): number | undefined {
    let place = from;
    for (let open = 1; open > 0;) {
      const { holes } = this.#marks;
      holes.lastIndex = place;
      const match = holes.exec(this.#text);
      if (match === null || match.index >= this.#end) {
        this.#holesAreBroken = true;
        return undefined;
      }
      place = match.index + match[0].length;
      if (/^[{(]$/u.test(match[0])) open += 1;
      else if (/^[})]$/u.test(match[0])) open -= 1;
      else {
        const syntax = this.#marks.strings.find((string) => string.open === match[0]);
        if (syntax === undefined || this.#isWithinWord(match.index)) continue;
        place = this.#stringEnd(syntax, place, depth) ?? place;
        if (this.#holesAreBroken) return undefined;
      }
    }
    return place;
  }

  #rawString(
    open: string,
    close: string,
    isComment: boolean,
    start: number,
  ): CodeToken | undefined {
    if (this.#unclosed.has(close)) return undefined;
    const closing = this.#text.indexOf(close, start + open.length);
    if (closing < 0 || closing + close.length > this.#end) {
      this.#unclosed.set(close, this.#end);
      return undefined;
    }
    const token = this.#comment(start, open, closing, closing + close.length);
    return isComment ? token : { ...token, kind: 'string' };
  }

  #heredoc(open: string, start: number): CodeToken | undefined {
    const name = /[\p{L}_][\p{L}\p{N}_]*/u.exec(open)![0];
    const lineEnd = this.#lineEnd(start);
    if (this.#unclosed.has(name)) return undefined;
    const last = new RegExp(`^[ \\t]*${name}\\b`, 'gmu');
    last.lastIndex = lineEnd;
    const closing = last.exec(this.#text);
    if (closing === null || closing.index >= this.#end) {
      this.#unclosed.set(name, this.#end);
      return undefined;
    }
    return {
      ...plainToken('string', start, closing.index + closing[0].length, this.#block ?? start),
      content: { start: Math.min(lineEnd + 1, closing.index), end: closing.index },
      open,
      isBlock: true,
    };
  }

  /** A regular expression stands where a value may, and ends on its line. */
  #regex(start: number): CodeToken | undefined {
    const line = this.#text.slice(Math.max(0, start - 24), start);
    const before = /([^\n]*)$/u.exec(line)![1]!.trimEnd();
    const mayBegin =
      /(?:^|[(,=:[!&|?{;~]|=>|\b(?:return|typeof|case|in|of|and|or|not|if|unless|when))$/u.test(
        before,
      );
    if (!mayBegin) return undefined;
    REGEX.lastIndex = start;
    const match = REGEX.exec(this.#text);
    if (match === null) return undefined;
    return plainToken('regex', start, start + match[0].length, this.#block ?? start);
  }

  #lineEnd(place: number): number {
    LINE_END.lastIndex = place;
    return Math.min(LINE_END.exec(this.#text)?.index ?? this.#text.length, this.#end);
  }

  #beginsLine(place: number): boolean {
    let start = place;
    while (start > 0 && /[ \t]/u.test(this.#text.charAt(start - 1))) start -= 1;
    return start === 0 || /[\r\n]/u.test(this.#text.charAt(start - 1));
  }

  /** `don't` and `a'` open no string; `r'…'` and the like do. */
  #isWithinWord(place: number): boolean {
    const word = /[\p{L}\p{N}_]{1,5}$/u.exec(this.#text.slice(Math.max(0, place - 5), place))?.[0];
    return word !== undefined && !/^(?:[rbfu]|rb|br|fr|rf|u8|[LUNqxQX])$/iu.test(word);
  }

  /** Letters that belong to a string: `f"…"`, `r'…'`, `L"…"`. In a shell they are a word that goes on with it. */
  #prefixLength(place: number): number {
    if (this.#marks.heredocs) return 0;
    const before = this.#text.slice(Math.max(this.#code, place - 3), place);
    return /(?:^|[^\p{L}\p{N}_])([rbfus]|rb|br|fr|rf|u8|[LUN])$/iu.exec(before)?.[1]?.length ?? 0;
  }

  #isCharacter(place: number): boolean {
    CHARACTER.lastIndex = place;
    return CHARACTER.test(this.#text);
  }
}

const LINE_END = /\r\n|[\r\n]/gu;
const CHARACTER = /'(?:[^'\\\r\n]|\\(?:u\{?[\da-fA-F]+\}?|x[\da-fA-F]+|\d+|.))'/uy;
const REGEX = /\/(?![*/\s])(?:[^\\/[\r\n]|\\.|\[(?:[^\]\\\r\n]|\\.)*\])+\/[a-z]*/uy;
