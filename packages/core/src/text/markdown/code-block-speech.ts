import type { SyntaxNode } from '@lezer/common';
import { codeLanguageName } from '../announcements.ts';
import { announcementDraft, finishDraft, type SpeakingContext } from '../segment-draft.ts';
import type { SpokenStep } from '../spoken-segment.ts';
import type { MarkdownBlock } from './long-block.ts';

/** Says what a block of code is, or reads it as source code. */
export function* codeBlockSegments(
  context: SpeakingContext,
  node: SyntaxNode,
  block: MarkdownBlock,
): Generator<SpokenStep> {
  const { text, policies, announcements, options } = context;
  if (policies.codeBlock === 'skip') return;
  const start = node.from + block.shift;
  // Of a long block only the beginning was parsed.
  const end = node.from === block.node.from ? block.end : node.to + block.shift;
  const info = node.getChild('CodeInfo');
  const id =
    info === null
      ? ''
      : (/^\{?\.?([^\s,{}:]*)/.exec(
          text.slice(info.from + block.shift, info.to + block.shift),
        )![1] ?? '');
  const code = codeText(context, node, block, end);
  if (policies.codeBlock === 'announce') {
    const written = code.text.trimEnd();
    if (written === '') return;
    const lines = written.split(/\r\n|[\n\r]/).length;
    const words = announcements.codeBlock(codeLanguageName(id), lines);
    const place = { kind: 'code', level: 0, range: { start, end }, block: block.start } as const;
    yield* finishDraft(announcementDraft(context, words, place), context);
    return;
  }
  const source = {
    text: code.text,
    format: 'code',
    codeLanguage: id === '' ? undefined : id,
  } as const;
  for (const segment of options.readCode?.(source, { ...options, from: 0 }) ?? []) {
    yield (
      segment && {
        ...segment,
        spoken: segment.spoken.shift(code.start),
        range: { start: segment.range.start + code.start, end: segment.range.end + code.start },
        block: block.start,
      }
    );
  }
}

/** The code with the marks of the quotes and the fence around it blanked, so that places stay. */
function codeText(
  { text }: SpeakingContext,
  node: SyntaxNode,
  { shift }: MarkdownBlock,
  end: number,
): { text: string; start: number } {
  const first = node.getChild('CodeText');
  if (first === null) return { text: '', start: end };
  const start = first.from + shift;
  const isCut = end > node.to + shift;
  const last = node.getChildren('CodeText').at(-1)!;
  let code = text.slice(start, isCut ? end : last.to + shift);
  if (isCut) code = code.replace(/(?:\r\n|[\n\r]) {0,3}(?:`{3,}|~{3,})[ \t]*(?:\r\n|[\n\r])?$/, '');
  const unquoted: string[] = [];
  let place = 0;
  for (const mark of node.getChildren('QuoteMark')) {
    const at = mark.from + shift - start;
    if (at < place || at >= code.length) continue;
    unquoted.push(code.slice(place, at), ' ');
    place = at + 1;
  }
  return { text: unquoted.join('') + code.slice(place), start };
}
