/**
 * The text of a character reference such as `&amp;`, `&#x4E2D;`; `undefined` for a name that is not known here. Known
 * are the marks and Latin-1 letters, which is what is written by hand (HTML 4.01, section 24).
 */
export function decodeEntity(entity: string): string | undefined {
  const numeric = /^&#(?:(\d{1,7})|x([\da-f]{1,6}));$/i.exec(entity);
  if (numeric !== null) {
    const code = numeric[1] === undefined ? Number.parseInt(numeric[2]!, 16) : Number(numeric[1]);
    const isCharacter = code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff);
    return isCharacter ? String.fromCodePoint(code) : '\uFFFD';
  }
  const name = entity.slice(1, -1);
  if (Object.hasOwn(MARKS, name)) return MARKS[name];
  const latin = LATIN_1.split(' ').indexOf(name);
  return latin < 0 ? undefined : String.fromCodePoint(0xa0 + latin);
}

const MARKS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  euro: '€',
  trade: '™',
  rarr: '→',
  larr: '←',
  ensp: '\u2002',
  emsp: '\u2003',
  thinsp: '\u2009',
  minus: '−',
  ne: '≠',
  le: '≤',
  ge: '≥',
  infin: '∞',
  pi: 'π',
};

/** In the order of the characters from U+00A0 on. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml';
