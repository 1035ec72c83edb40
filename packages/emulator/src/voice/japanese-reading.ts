/** One word of a Japanese text. */
export type Morpheme = {
  surface: string;
  /** Katakana as spoken (the particle は is ワ); without one nobody knows how to read it. */
  pronunciation?: string;
  /** Spoken in one breath with the word before it: particles, endings, counters. */
  attached: boolean;
};

/** Divides Japanese text into words with their readings; the surfaces joined are the text. */
export type JapaneseReader = (text: string) => Morpheme[];

/** What the dictionary package answers for each word; of its many fields those that matter here. */
type DictionaryToken = {
  surface: string;
  pronunciation?: string;
  partOfSpeech?: string;
  partOfSpeechSubcategory1?: string;
};

const kanaOnly = /^[\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u;

/**
 * Loads the IPADIC dictionary (13 MB, a third of a second). Where its package is not installed the reader knows kana only, and leaves kanji
 * without a reading.
 */
export async function loadJapaneseReader(): Promise<JapaneseReader> {
  let lindera: typeof import('lindera-wasm-nodejs-ipadic');
  try {
    lindera = await import('lindera-wasm-nodejs-ipadic');
  } catch {
    return readKanaOnly;
  }
  const builder = new lindera.TokenizerBuilder();
  builder.setDictionary('embedded://ipadic');
  builder.setMode('normal');
  const tokenizer = builder.build();
  return (text) => toMorphemes(tokenizer.tokenize(text) as DictionaryToken[]);
}

function toMorphemes(tokens: DictionaryToken[]): Morpheme[] {
  return tokens.map((token, i) => {
    const before = tokens[i - 1];
    const pronunciation = pronounce(token);
    return {
      surface: token.surface,
      ...(pronunciation !== undefined && { pronunciation }),
      attached: before !== undefined && isAttached(token, before),
    };
  });
}

function pronounce({ surface, pronunciation }: DictionaryToken): string | undefined {
  if (pronunciation !== undefined && kanaOnly.test(pronunciation)) return pronunciation;
  return kanaOnly.test(surface) ? surface : undefined;
}

function isAttached(token: DictionaryToken, before: DictionaryToken): boolean {
  const kind = token.partOfSpeech;
  const detail = token.partOfSpeechSubcategory1;
  if (kind === '助詞' || kind === '助動詞' || before.partOfSpeech === '接頭詞') return true;
  return (
    detail === '接尾' ||
    detail === '非自立' ||
    (detail === '数' && before.partOfSpeechSubcategory1 === '数')
  );
}

/** The reader without a dictionary: runs of kana are words, each other character stands by itself and has no reading. */
export function readKanaOnly(text: string): Morpheme[] {
  const words = text.match(/[\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^]/gu) ?? [];
  return words.map((surface) => ({
    surface,
    ...(kanaOnly.test(surface) && { pronunciation: surface }),
    attached: false,
  }));
}
