/** What is said in place of a text that is not read, in one language. */
export type Announcements = {
  readonly language: 'en' | 'zh';
  readonly headingPrefix: (level: number) => string;
  readonly itemPrefix: string;
  readonly taskDone: string;
  readonly taskOpen: string;
  readonly quotePrefix: string;
  readonly calloutType: (type: string) => string;
  readonly table: (columns: number, rows: number) => string;
  readonly codeBlock: (language: string | undefined, lines: number) => string;
  readonly inlineCode: string;
  readonly formula: string;
  readonly formulaBlock: string;
  readonly linkPrefix: string;
  readonly image: string;
  readonly imagePrefix: string;
  readonly embedPrefix: string;
  readonly html: string;
  readonly comment: string;
  readonly tagPrefix: string;
  readonly footnoteMark: string;
  readonly footnotePrefix: (label: string) => string;
  readonly frontMatter: string;
  readonly deletedPrefix: string;
  /** Between the cells of a table, between a column's heading and its cell. */
  readonly cellSeparator: string;
  readonly headingSeparator: string;
};

const ENGLISH: Announcements = {
  language: 'en',
  headingPrefix: (level) => `Heading ${level}: `,
  itemPrefix: 'Item: ',
  taskDone: 'Done: ',
  taskOpen: 'To do: ',
  quotePrefix: 'Quote: ',
  calloutType: capitalised,
  table: (columns, rows) => `Table, ${counted(columns, 'column')}, ${counted(rows, 'row')}.`,
  codeBlock: (language, lines) =>
    `Code block, ${language === undefined ? '' : `${language}, `}${counted(lines, 'line')}.`,
  inlineCode: 'code',
  formula: 'formula',
  formulaBlock: 'Formula.',
  linkPrefix: 'link ',
  image: 'Image.',
  imagePrefix: 'Image: ',
  embedPrefix: 'Embedded: ',
  html: 'HTML.',
  comment: 'comment',
  tagPrefix: 'tag ',
  footnoteMark: 'footnote',
  footnotePrefix: (label) => `Footnote ${label}: `,
  frontMatter: 'Front matter.',
  deletedPrefix: 'deleted: ',
  cellSeparator: ', ',
  headingSeparator: ': ',
};

const CHINESE: Announcements = {
  language: 'zh',
  headingPrefix: (level) => `${level}级标题：`,
  itemPrefix: '列表项：',
  taskDone: '已完成：',
  taskOpen: '待办：',
  quotePrefix: '引用：',
  calloutType: (type) =>
    (Object.hasOwn(CHINESE_CALLOUTS, type) ? CHINESE_CALLOUTS[type] : undefined) ?? type,
  table: (columns, rows) => `表格，${columns} 列，${rows} 行。`,
  codeBlock: (language, lines) =>
    `代码块，${language === undefined ? '' : `${language}，`}${lines} 行。`,
  inlineCode: '代码',
  formula: '公式',
  formulaBlock: '公式。',
  linkPrefix: '链接',
  image: '图片。',
  imagePrefix: '图片：',
  embedPrefix: '嵌入：',
  html: '网页代码。',
  comment: '注释',
  tagPrefix: '标签',
  footnoteMark: '脚注',
  footnotePrefix: (label) => `脚注 ${label}：`,
  frontMatter: '文档属性。',
  deletedPrefix: '已删除：',
  cellSeparator: '，',
  headingSeparator: '：',
};

export function announcementsIn(language: 'en' | 'zh'): Announcements {
  return language === 'zh' ? CHINESE : ENGLISH;
}

/** A language's name as it is said, by the id that editors and fences use. */
export function codeLanguageName(id: string): string | undefined {
  const known = id.toLowerCase();
  if (Object.hasOwn(CODE_LANGUAGES, known)) return CODE_LANGUAGES[known];
  return /^[\w+#.-]{1,30}$/.test(id) ? id : undefined;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

const CHINESE_CALLOUTS: Readonly<Record<string, string>> = {
  note: '注意',
  abstract: '摘要',
  summary: '摘要',
  info: '信息',
  todo: '待办',
  tip: '提示',
  hint: '提示',
  important: '重要',
  success: '成功',
  question: '问题',
  warning: '警告',
  caution: '小心',
  failure: '失败',
  danger: '危险',
  bug: '缺陷',
  example: '示例',
  quote: '引用',
};

const CODE_LANGUAGES: Readonly<Record<string, string>> = {
  js: 'JavaScript',
  javascript: 'JavaScript',
  jsx: 'JavaScript',
  ts: 'TypeScript',
  typescript: 'TypeScript',
  tsx: 'TypeScript',
  py: 'Python',
  python: 'Python',
  rb: 'Ruby',
  ruby: 'Ruby',
  rs: 'Rust',
  rust: 'Rust',
  go: 'Go',
  java: 'Java',
  kotlin: 'Kotlin',
  swift: 'Swift',
  php: 'PHP',
  c: 'C',
  cpp: 'C++',
  'c++': 'C++',
  cs: 'C#',
  csharp: 'C#',
  sh: 'Shell',
  bash: 'Bash',
  zsh: 'Shell',
  shell: 'Shell',
  powershell: 'PowerShell',
  html: 'HTML',
  css: 'CSS',
  json: 'JSON',
  yaml: 'YAML',
  yml: 'YAML',
  toml: 'TOML',
  xml: 'XML',
  sql: 'SQL',
  md: 'Markdown',
  markdown: 'Markdown',
  mermaid: 'Mermaid',
  diff: 'diff',
};
