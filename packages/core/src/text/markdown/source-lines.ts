import type { SyntaxNode } from '@lezer/common';

/** The parser knows line feeds only; the copy is as long as the text. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', ' \n').replaceAll('\r', '\n') : text;
}

/** Behind the end of the line that holds a place; never between the two halves of a line's end. */
export function lineEndAfter(text: string, place: number): number {
  for (let end = place; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 10) return end + 1;
    if (code === 13) return text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  }
  return text.length;
}

/** The start of the first line from a line's start on that has more than white space. */
export function skipBlankLines(text: string, start: number): number {
  let line = start;
  let place = start;
  for (; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code === 10 || code === 13) line = place + 1;
    else if (code !== 32 && code !== 9) return line;
  }
  return text.length;
}

/** The blocks inside of a block; of a list its items, as nothing is open between them. */
export function* restartPoints(holder: SyntaxNode): Generator<SyntaxNode> {
  for (let node = holder.firstChild; node !== null; node = node.nextSibling) {
    if (node.name !== 'BulletList' && node.name !== 'OrderedList') {
      yield node;
      continue;
    }
    for (let item = node.firstChild; item !== null; item = item.nextSibling) yield item;
  }
}
