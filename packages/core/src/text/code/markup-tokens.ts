import type { TextRange } from '../text-range.ts';
import type { CodeSyntax } from './code-syntax.ts';
import { type CodeToken, embeddedTokens, plainToken } from './code-tokens.ts';

/** Cuts markup into its text, its comments, its tags, and the languages that stand within it. */
export function* markupTokens(
  text: string,
  range: TextRange,
  syntax: CodeSyntax,
): Generator<CodeToken> {
  // PHP's own comments make it PHP: there `<?php` is code.
  const isPhp = syntax.lineComments !== undefined;
  let place = range.start;
  const marks = new RegExp(MARKS);
  while (place < range.end) {
    marks.lastIndex = place;
    const match = marks.exec(text);
    const start = match === null ? range.end : Math.min(match.index, range.end);
    if (start > place) yield plainToken('prose', place, start, place);
    if (match === null || start === range.end) return;
    place = start;
    const open = match[0];
    if (open === '<!--') {
      const token = commentToken(text, start, range.end);
      yield token;
      place = token.end;
    } else if (open.startsWith('<?')) {
      const end = endOf(text, '?>', start, range.end);
      const codeStart = start + open.length;
      yield plainToken('code', start, codeStart, start);
      if (isPhp) yield* embeddedTokens(text, { start: codeStart, end: end.content }, 'php', start);
      else yield plainToken('code', codeStart, end.content, start);
      place = Math.max(end.content, codeStart);
      if (end.behind > place) yield plainToken('code', place, end.behind, start);
      place = Math.max(end.behind, codeStart);
    } else {
      yield plainToken('tag', start, start + open.length, start);
      place = start + open.length;
      const language = embeddedLanguage(open);
      if (language === undefined) continue;
      const end = endOf(text, `</${/^<(\w+)/u.exec(open)![1]!}`, place, range.end);
      yield* embeddedTokens(text, { start: place, end: end.content }, language, start);
      place = end.content;
    }
  }
}

/** A comment, a processing instruction, a tag with its attributes. */
const MARKS =
  /<!--|<\?(?:php\b|=)?|<[/!]?[a-zA-Z][\w:.-]*(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}')*>|<!\[CDATA\[|\]\]>/gu;

function commentToken(text: string, start: number, limit: number): CodeToken {
  const end = endOf(text, '-->', start + 4, limit);
  return {
    ...plainToken('comment', start, end.behind, start),
    content: { start: start + 4, end: end.content },
    open: '<!--',
    isBlock: true,
  };
}

function embeddedLanguage(tag: string): string | undefined {
  if (tag.endsWith('/>')) return undefined;
  const lang = /\blang\s*=\s*["']?([\w-]+)/iu.exec(tag)?.[1];
  if (/^<script\b/iu.test(tag)) {
    if (/\btype\s*=\s*["']?(?:application\/(?:ld\+)?json|importmap)/iu.test(tag)) return 'json';
    return lang ?? 'javascript';
  }
  return /^<style\b/iu.test(tag) ? (lang ?? 'css') : undefined;
}

function endOf(
  text: string,
  mark: string,
  from: number,
  limit: number,
): { content: number; behind: number } {
  const end = text.indexOf(mark, from);
  if (end < 0 || end >= limit) return { content: limit, behind: limit };
  return { content: end, behind: Math.min(end + mark.length, limit) };
}
