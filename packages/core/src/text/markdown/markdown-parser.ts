import {
  type MarkdownParser,
  parser as commonMark,
  Strikethrough,
  Table,
  TaskList,
} from '@lezer/markdown';
import { BLOCK_SYNTAX } from './block-syntax.ts';
import { INLINE_SYNTAX } from './inline-syntax.ts';

let configured: MarkdownParser | undefined;

/** CommonMark and GFM with what note-taking hosts add; made on first use, so that an import costs nothing. */
export function markdownParser(): MarkdownParser {
  configured ??= commonMark.configure([
    Table,
    TaskList,
    Strikethrough,
    BLOCK_SYNTAX,
    INLINE_SYNTAX,
  ]);
  return configured;
}
