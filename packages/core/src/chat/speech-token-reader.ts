const CODE = /<audio_(\d{1,7})>/g;

/** Reads `<audio_1475><audio_1978>` out of pieces that may end inside a code. What stands between codes is passed over. */
export class SpeechTokenReader {
  #held = '';

  push(piece: string): number[] {
    const text = this.#held + piece;
    const codes: number[] = [];
    let end = 0;
    for (const match of text.matchAll(CODE)) {
      codes.push(Number(match[1]));
      end = match.index + match[0].length;
    }
    const rest = text.slice(end);
    const open = rest.lastIndexOf('<');
    // Only what may still become a code is kept.
    this.#held =
      open === -1
        ? ''
        : (/^<(?:a(?:u(?:d(?:i(?:o(?:_\d{0,7})?)?)?)?)?)?$/.exec(rest.slice(open))?.[0] ?? '');
    return codes;
  }
}

export function toCodeText(codes: readonly number[]): string {
  return codes.map((code) => `<audio_${code}>`).join('');
}
