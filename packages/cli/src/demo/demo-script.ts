/** What the demo says: who speaks, and the text in the pieces in which a language model would write it. */
export const DEMO_LINES: readonly { voice: string; pieces: readonly string[] }[] = [
  {
    voice: 'livelybreezy-female',
    pieces: toPieces('你好！|这句|话|还没有|写完，|你|已经|听见|它的|开头|了。'),
  },
  {
    voice: 'vibrant-youth',
    pieces: toPieces(
      'Hello! |You |hear |the |first |words |while |the |last |ones |are |still |being |written.',
    ),
  },
];

function toPieces(text: string): string[] {
  return text.split('|');
}
