/** A tag at the beginning of a line of documentation, and what is said for it. */
export type DocTag = {
  /** Code units that the words stand for. */
  readonly length: number;
  readonly words: string;
  /** What follows is code, up to the next tag. */
  readonly isExample: boolean;
};

const WORDS = {
  en: {
    param: 'Parameter',
    returns: 'Returns',
    throws: 'Throws',
    deprecated: 'Deprecated',
    default: 'Default',
    see: 'See',
    since: 'Since',
    type: 'Type parameter',
    property: 'Property',
    yields: 'Yields',
    todo: 'To do',
    author: 'Author',
    version: 'Version',
    note: 'Note',
  },
  zh: {
    param: '参数',
    returns: '返回',
    throws: '抛出',
    deprecated: '已弃用',
    default: '默认值',
    see: '参见',
    since: '自版本',
    type: '类型参数',
    property: '属性',
    yields: '产生',
    todo: '待办',
    author: '作者',
    version: '版本',
    note: '注意',
  },
} as const;

type Meaning = keyof (typeof WORDS)['en'];

/** Those that stand before the name of what they tell about. */
const NAMED: ReadonlySet<Meaning> = new Set(['param', 'type', 'property']);

/** Reads `@param {string} name - …`, `\param name …`, `:param str name: …` and `<param name="…">` alike. */
export function docTagAt(line: string, language: 'en' | 'zh'): DocTag | undefined {
  const xml =
    /^<(param|typeparam|returns|exception)(?:\s+\w+="(?:\w:)?([^"]{1,80})")?\s*>\s*/iu.exec(line);
  if (xml !== null) return tagOf(xml[0].length, xml[1]!, xml[2], language);
  const field = /^:(\w{2,12})(?:\s+([\w*.[\], ]{1,80}))?:\s*/u.exec(line);
  if (field !== null)
    return tagOf(field[0].length, field[1]!, field[2]?.split(' ').at(-1), language);
  const tag = /^[@\\]([a-zA-Z]{2,20})\b(?:\[\w{1,10}\])?\s*(?:\{[^{}]{0,120}\}\s*)?/u.exec(line);
  if (tag === null) return undefined;
  const meaning = meaningOf(tag[1]!);
  if (meaning === undefined || !NAMED.has(meaning))
    return tagOf(tag[0].length, tag[1]!, undefined, language);
  const name = /^(?:\[([\w$.]+)(?:=[^\]]*)?\]|([\w$.*]+))\s*(?:[-–—:]\s*)?/u.exec(
    line.slice(tag[0].length),
  );
  const length = tag[0].length + (name?.[0].length ?? 0);
  return tagOf(length, tag[1]!, name?.[1] ?? name?.[2], language);
}

function tagOf(
  length: number,
  tag: string,
  name: string | undefined,
  language: 'en' | 'zh',
): DocTag | undefined {
  if (/^(?:example|code|usage|snippet)$/iu.test(tag)) return { length, words: '', isExample: true };
  if (SILENT.test(tag)) return { length, words: '', isExample: false };
  const meaning = meaningOf(tag);
  if (meaning === undefined) return undefined;
  const word = WORDS[language][meaning];
  const separator = language === 'zh' ? '：' : ': ';
  return {
    length,
    words: `${name === undefined ? word : `${word} ${name}`}${separator}`,
    isExample: false,
  };
}

function meaningOf(tag: string): Meaning | undefined {
  const small = tag.toLowerCase();
  if (Object.hasOwn(WORDS.en, small) && small !== 'type') return small as Meaning;
  if (/^(?:arg|argument|parameter|tparam)$/u.test(small)) return 'param';
  if (/^(?:return|result|retval|rtype)$/u.test(small)) return 'returns';
  if (/^(?:throw|exception|raises?)$/u.test(small)) return 'throws';
  if (/^(?:defaultvalue)$/u.test(small)) return 'default';
  if (/^(?:seealso|link|sa)$/u.test(small)) return 'see';
  if (/^(?:typeparam|template)$/u.test(small)) return 'type';
  if (/^(?:prop|var|field|attr|ivar|cvar)$/u.test(small)) return 'property';
  if (/^(?:yield)$/u.test(small)) return 'yields';
  return undefined;
}

/** Those that only arrange what follows. */
const SILENT =
  /^(?:remarks?|brief|short|summary|details?|description|desc|privateremarks|file|fileoverview|overview|internal|public|private|protected|readonly|override|inheritdoc|ingroup|par)$/iu;
