import {
  finishDraft,
  type SegmentDraft,
  speakingContext,
  type SpeakingContext,
  STEP_LENGTH,
} from '../segment-draft.ts';
import type { SpeakableOptions } from '../speakable-options.ts';
import type { SpokenSegment, SpokenStep, TextSource } from '../spoken-segment.ts';
import type { TextRange } from '../text-range.ts';
import { CodeDrafts, NOTICE_REACH } from './code-drafts.ts';
import { codeSyntaxOf, guessCodeSyntax } from './code-languages.ts';
import type { CodeSyntax } from './code-syntax.ts';
import { codeTokens } from './code-tokens.ts';

/**
 * Reads source code: comments as the prose they are, the code in words (`fetchUserById2` is "fetch user by id 2"), line by
 * line. Any text is readable, also one in another language than it is said to be. Lazy, in short steps, and linear.
 *
 * It is made to be handed to `speakable` and `narrate`: `speakable(source, { readCode })`.
 */
export function* readCode(
  source: TextSource,
  options: SpeakableOptions = {},
): Generator<SpokenStep> {
  const { text } = source;
  // A name before a colon is nobody who speaks.
  const context = speakingContext(text, { ...options, cast: undefined });
  const { mode = 'prose', notices = 'skip', syntax = syntaxOf(source) } = options.code ?? {};
  const range = { start: options.from ?? 0, end: text.length };
  const drafts = new CodeDrafts(text, {
    mode,
    skipsNoise: notices === 'skip',
    language: context.announcements.language,
    hyphens: syntax.hyphens === true,
    readsTags: syntax.tags === true,
    hasCode: range.start > 0 && hasCodeBefore(text, range.start, syntax),
  });
  const start = behindShebang(text, range);
  let stepStart = start;
  for (const token of codeTokens(text, { start, end: range.end }, syntax)) {
    yield* finished(drafts.push(token), context);
    if (token.end - stepStart < STEP_LENGTH) continue;
    stepStart = token.end;
    yield undefined;
  }
  yield* finished(drafts.end(), context);
}

function hasCodeBefore(text: string, place: number, syntax: CodeSyntax): boolean {
  if (place > NOTICE_REACH) return true;
  for (const { kind, start, end } of codeTokens(text, { start: 0, end: place }, syntax)) {
    if (kind !== 'comment' && text.slice(start, end).trim() !== '') return true;
  }
  return false;
}

/** Behind `#!/usr/bin/env node`, which is a comment in no other place. */
function behindShebang(text: string, { start, end }: TextRange): number {
  if (!text.startsWith('#!/', start) && !text.startsWith('#! /', start)) return start;
  const line = text.indexOf('\n', start);
  return line < 0 ? end : Math.min(line, end);
}

function syntaxOf({ text, codeLanguage }: TextSource): CodeSyntax {
  const known = codeLanguage === undefined ? undefined : codeSyntaxOf(codeLanguage);
  return known ?? guessCodeSyntax(text);
}

function* finished(
  drafts: Iterable<SegmentDraft>,
  context: SpeakingContext,
): Generator<SpokenSegment> {
  for (const draft of drafts) yield* finishDraft(draft, context);
}
