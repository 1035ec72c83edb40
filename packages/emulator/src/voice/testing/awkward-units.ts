/** What a text may repeat without an end, and a voice has trouble with. */
export const AWKWARD_UNITS = [
  '一',
  'a',
  '1',
  '1 ',
  'あ',
  '漢あ',
  '[[<&',
  '((((',
  '$1.1%',
  '😀',
  '\u0301',
  'ก',
  '\n',
];
