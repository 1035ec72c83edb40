import type { Policies } from '@stepvoice/core/text';

/** How fast a narration is played. */
export const TEMPO_RANGE = [0.5, 3] as const;
/** Of an MP3, in kbit/s. */
export const BITRATES = [32, 48, 64, 96, 128] as const;
export const DEFAULT_BITRATE = 64;

/** The kinds of text that `--read` and `--skip` know, as they are written on a command line. */
export const KINDS = {
  heading: 'heading',
  paragraph: 'paragraph',
  list: 'list',
  task: 'task',
  quote: 'quote',
  callout: 'callout',
  table: 'table',
  'code-block': 'codeBlock',
  'inline-code': 'inlineCode',
  math: 'math',
  link: 'link',
  url: 'url',
  image: 'image',
  embed: 'embed',
  html: 'html',
  comment: 'comment',
  tag: 'tag',
  footnote: 'footnote',
  'front-matter': 'frontMatter',
  strikethrough: 'strikethrough',
} as const satisfies Record<string, keyof Policies>;
