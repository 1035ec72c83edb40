import { MappedTextEditor } from '../mapped-text-editor.ts';
import type { MappedText } from '../mapped-text.ts';
import type { TextRange } from '../text-range.ts';

/** Other words for a stretch of a spoken text; empty ones leave it out, an empty stretch puts words in. */
export type SpokenEdit = TextRange & { readonly words: string };

/** @param edits In the order of the text, without overlap. */
export function editSpoken(spoken: MappedText, edits: readonly SpokenEdit[]): MappedText {
  if (edits.length === 0) return spoken;
  const editor = new MappedTextEditor(spoken);
  for (const { start, end, words } of edits) editor.keepTo(start).replace(words, start, end);
  return editor.keepTo(spoken.text.length).build();
}
