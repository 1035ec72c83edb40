/** Directions taken out of a text: what is left to speak, and what was asked for from which offset of it on. */
export type DirectedText = {
  text: string;
  directions: { at: number; words: string }[];
};

const opening = new Set(['(', '（']);
const closing = new Set([')', '）']);

/**
 * Takes out what stands in parentheses, half or full width in any mixture, nested ones with their outermost. A parenthesis without its
 * partner is ordinary punctuation and stays.
 */
export function takeInlineDirections(text: string): DirectedText {
  let spoken = '';
  const directions: DirectedText['directions'] = [];
  const ends = matchingEnds(text);
  for (let i = 0; i < text.length; i++) {
    const end = ends.get(i);
    if (end === undefined) {
      spoken += text[i]!;
      continue;
    }
    directions.push({ at: spoken.length, words: text.slice(i + 1, end) });
    i = end;
  }
  return { text: spoken, directions };
}

/** For each opening parenthesis that is closed, where. */
function matchingEnds(text: string): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (opening.has(text[i]!)) open.push(i);
    else if (closing.has(text[i]!)) {
      const start = open.pop();
      if (start !== undefined) ends.set(start, i);
    }
  }
  return ends;
}
