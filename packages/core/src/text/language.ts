/** How much of a text tells its language. */
const LONGEST_LOOK = 2000;
const ENOUGH_LETTERS = 400;

/** Scripts that only one widely written language of today uses, or one far more than others. */
const SCRIPTS: readonly (readonly [from: number, to: number, language: string])[] = [
  [0x0370, 0x03ff, 'el'],
  [0x0400, 0x052f, 'ru'],
  [0x0531, 0x058f, 'hy'],
  [0x0590, 0x05ff, 'he'],
  [0x0600, 0x06ff, 'ar'],
  [0x0750, 0x077f, 'ar'],
  [0x0900, 0x0963, 'hi'],
  [0x0980, 0x09ff, 'bn'],
  [0x0a00, 0x0a7f, 'pa'],
  [0x0a80, 0x0aff, 'gu'],
  [0x0b00, 0x0b7f, 'or'],
  [0x0b80, 0x0bff, 'ta'],
  [0x0c00, 0x0c7f, 'te'],
  [0x0c80, 0x0cff, 'kn'],
  [0x0d00, 0x0d7f, 'ml'],
  [0x0d80, 0x0dff, 'si'],
  [0x0e00, 0x0e7f, 'th'],
  [0x0e80, 0x0eff, 'lo'],
  [0x0f00, 0x0fff, 'bo'],
  [0x1000, 0x109f, 'my'],
  [0x10a0, 0x10ff, 'ka'],
  [0x1100, 0x11ff, 'ko'],
  [0x1200, 0x139f, 'am'],
  [0x1780, 0x17ff, 'km'],
  [0x1f00, 0x1fff, 'el'],
  [0x3040, 0x30ff, 'ja'],
  [0x3130, 0x318f, 'ko'],
  [0x31f0, 0x31ff, 'ja'],
  [0x3400, 0x9fff, 'zh'],
  [0xac00, 0xd7af, 'ko'],
  [0xf900, 0xfaff, 'zh'],
  [0xff66, 0xff9f, 'ja'],
  [0x20000, 0x323af, 'zh'],
];

/** Letters that tell languages of one script apart, the surest first. */
const CYRILLIC: readonly (readonly [RegExp, string])[] = [
  [/[әғқңөұһ]/iu, 'kk'],
  [/ў/iu, 'be'],
  [/[їєґ]/iu, 'uk'],
  [/[ђћџјљњ]/iu, 'sr'],
  [/[ыэё]/iu, 'ru'],
  [/і/iu, 'uk'],
];
const ARABIC: readonly (readonly [RegExp, string])[] = [
  [/[ٹڈڑںے]/u, 'ur'],
  [/[پچژگ]/u, 'fa'],
];
const VIETNAMESE = /[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹơư]/giu;

/** The commonest words of a language, as far as they are not the commonest of another of these. */
const COMMON_WORDS: Readonly<Record<string, string>> = {
  en: 'the and of to is that it you for with was this are be have not they from or by what there their will would which were been has had your can my we she him her his its our how when who does did do into than then them these those',
  de: 'der die das und ist nicht ein eine einen mit auf für von dem den im zu sich auch wird sind ich wir aber oder wie bei nach werden hat noch einer eines',
  fr: 'le la les et est une des pas que dans pour qui sur avec il elle nous vous ce cette au aux du je ne sont mais ou plus était être',
  es: 'el los las y que una por con es para del lo como más pero su al está son fue muy también este esta hay',
  pt: 'o os uma não que com para do da em dos das mais ao pelo pela é são mas foi também isso você ele ela',
  it: 'il che di non una per è gli della nel sono con anche come più ma questo questa dei delle alla ha',
  nl: 'het een van en niet dat voor met zijn op te aan ook maar er bij nog naar wordt deze heeft hij wij',
};

/** Common words that must show, and by how many more than another language's. */
const ENOUGH_WORDS = 2;

let commonWords: Map<string, readonly string[]> | undefined;

/**
 * The language most of a text is written in, by its letters and commonest words, in the first {@link ENOUGH_LETTERS}
 * letters or so. A few foreign words change nothing: Chinese with English names is Chinese.
 *
 * @returns BCP 47 without region or script (`zh`, `ja`, `ko`, `en`, `ru` …), or `undefined` where the letters do not tell:
 *   nothing but digits, marks or emoji, or Latin letters without common words of one language known here (`de`, `en`,
 *   `es`, `fr`, `it`, `nl`, `pt`, `vi`).
 */
export function detectLanguage(text: string): string | undefined {
  const sample = text.slice(0, LONGEST_LOOK);
  const { counts, latinWords } = count(sample);
  const kana = counts.get('ja') ?? 0;
  const han = counts.get('zh') ?? 0;
  // One kana in ten tells Japanese: a Chinese text quotes less, a Japanese heading has more.
  if (kana > 0 && kana * 9 >= han) counts.set('ja', kana + han).delete('zh');
  else if (han > 0) counts.set('zh', han + kana).delete('ja');

  let language: string | undefined;
  let most = 0;
  for (const [candidate, letters] of counts) {
    if (letters > most) [language, most] = [candidate, letters];
  }
  if (language === undefined) return latinLanguage(sample, latinWords);
  if (weight(language, most) >= latinWords) return amongScript(language, sample);
  // Names and terms alone do not make a text English.
  return latinLanguage(sample, latinWords) ?? amongScript(language, sample);
}

/** As words: one of Chinese or Japanese has about two letters, of others about five. */
function weight(language: string, letters: number): number {
  return ['zh', 'ja', 'ko', 'th', 'lo', 'km', 'my'].includes(language) ? letters : letters / 3;
}

function count(sample: string): { counts: Map<string, number>; latinWords: number } {
  const counts = new Map<string, number>();
  let latinWords = 0;
  let isInWord = false;
  let letters = 0;
  for (const character of sample) {
    const code = character.codePointAt(0)!;
    const isLatin = isLatinLetter(code);
    if (isLatin && !isInWord) latinWords += 1;
    isInWord = isLatin || (isInWord && (code === 0x27 || code === 0x2019));
    if (isLatin) letters += 1;
    else if (code >= 0x370) {
      const script = scriptLanguage(code);
      if (script === undefined) continue;
      counts.set(script, (counts.get(script) ?? 0) + 1);
      letters += 1;
    }
    if (letters >= ENOUGH_LETTERS && !isInWord) break;
  }
  return { counts, latinWords };
}

function isLatinLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return (
    (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7) ||
    (code >= 0x1e00 && code <= 0x1eff)
  );
}

function scriptLanguage(code: number): string | undefined {
  let low = 0;
  let high = SCRIPTS.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to, language] = SCRIPTS[middle]!;
    if (code < from) high = middle - 1;
    else if (code > to) low = middle + 1;
    // Their punctuation is the Hebrew and Arabic scripts' too, the middle dot both Japan's and China's.
    else
      return code === 0x30fb || !/\p{L}/u.test(String.fromCodePoint(code)) ? undefined : language;
  }
  return undefined;
}

function amongScript(language: string, sample: string): string {
  const letters = language === 'ru' ? CYRILLIC : language === 'ar' ? ARABIC : [];
  return letters.find(([pattern]) => pattern.test(sample))?.[1] ?? language;
}

function latinLanguage(sample: string, words: number): string | undefined {
  if (words === 0) return undefined;
  const vietnamese = sample.match(VIETNAMESE)?.length ?? 0;
  if (vietnamese >= ENOUGH_WORDS && vietnamese * 4 >= words) return 'vi';

  commonWords ??= languagesByWord();
  const votes = new Map<string, number>();
  // A word counts once: `O(n)` three times is not Portuguese.
  const found = new Set(sample.toLowerCase().match(/[a-zß-ÿ]+/gu));
  for (const word of found) {
    for (const language of commonWords.get(word) ?? []) {
      votes.set(language, (votes.get(language) ?? 0) + 1);
    }
  }
  const [first, second] = [...votes].sort((one, other) => other[1] - one[1]);
  if (first === undefined || first[1] === second?.[1]) return undefined;
  // One in a short sentence is enough, two at least in a long text of names.
  return first[1] >= ENOUGH_WORDS || words <= 6 ? first[0] : undefined;
}

function languagesByWord(): Map<string, readonly string[]> {
  const languages = new Map<string, readonly string[]>();
  for (const [language, words] of Object.entries(COMMON_WORDS)) {
    for (const word of words.split(' ')) {
      languages.set(word, [...(languages.get(word) ?? []), language]);
    }
  }
  return languages;
}
