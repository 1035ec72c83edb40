/**
 * Cuts pieces of text so that none is longer than `most` UTF-16 units, between code points. Joined they are the same text,
 * but for white space: a piece is never blank, so what is blank goes before the next piece, at most `most` of it, and
 * is left out at the end.
 */
export async function* cutText(
  pieces: AsyncIterable<string> | Iterable<string>,
  most: number,
): AsyncGenerator<string, void, void> {
  let blank = '';
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length;) {
      let end = Math.min(start + most, piece.length);
      if (end < piece.length && isHighSurrogate(piece.charCodeAt(end - 1))) end -= 1;
      const part = piece.slice(start, end);
      start = end;
      if (part.trim() === '') {
        blank = (blank + part).slice(0, most);
      } else {
        yield blank + part;
        blank = '';
      }
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
