import type { CodeOptions } from './code/code-options.ts';
import type { SpokenStep, TextSource } from './spoken-segment.ts';

/** What becomes of a kind of text: spoken, left out, or only mentioned. */
export type Policy = 'read' | 'skip' | 'announce';

/**
 * What becomes of each kind of text. The defaults are for somebody who listens to notes every day: all prose is read,
 * what only makes sense to the eye (code, formulas) is mentioned, and what is not the text itself (front matter,
 * comments, footnotes) is left out.
 */
export type Policies = {
  /** Default `read`; `announce` says the level first. */
  readonly heading: Policy;
  /** Default `read`. */
  readonly paragraph: Policy;
  /** Items of lists with the number of a numbered one. Default `read`; `announce` says "item" before each. */
  readonly list: Policy;
  /** Whether a task is done, said before it. Default `announce`; `read` and `skip` say nothing. */
  readonly task: Policy;
  /** Default `read`; `announce` says that it is a quotation, and reads it. */
  readonly quote: Policy;
  /** Title and text. Default `read`; `announce` says the callout's type before its title. */
  readonly callout: Policy;
  /** Row by row, cell by cell. Default `read`; `announce` says columns and rows only. */
  readonly table: Policy;
  /** Fenced and indented code. Default `announce`: language and number of lines. `read` reads it by `readCode`. */
  readonly codeBlock: Policy;
  /** Default `read`; `announce` says "code" in its place. */
  readonly inlineCode: Policy;
  /** Default `announce`: "formula", but what can be read as it stands (`$x$`, `$n+1$`, `$\alpha$`) is read. */
  readonly math: Policy;
  /** A link's label, never its address. Default `read`; `announce` says "link" before it. */
  readonly link: Policy;
  /** An address that stands in the text. Default `read`: its host and short words of its path; `announce`: its host. */
  readonly url: Policy;
  /** An image's description. Default `read`; `announce` says that it is an image. */
  readonly image: Policy;
  /** Another note shown within this one. Default `announce`: its name. */
  readonly embed: Policy;
  /** Text between HTML's tags; the tags are never read. Default `read`. */
  readonly html: Policy;
  /** Comments of HTML and `%%` ones. Default `skip`. */
  readonly comment: Policy;
  /** The words of a `#tag`. Default `read`; `announce` says "tag" before them. */
  readonly tag: Policy;
  /** Default `skip`; otherwise the note is read where it stands, and with `announce` its mark in the text is said. */
  readonly footnote: Policy;
  /** The properties at a note's beginning. Default `skip`; `announce` says that there are some. */
  readonly frontMatter: Policy;
  /** Struck-through text. Default `read`; `announce` says "deleted" before it. */
  readonly strikethrough: Policy;
};

export const DEFAULT_POLICIES: Policies = {
  heading: 'read',
  paragraph: 'read',
  list: 'read',
  task: 'announce',
  quote: 'read',
  callout: 'read',
  table: 'read',
  codeBlock: 'announce',
  inlineCode: 'read',
  math: 'announce',
  link: 'read',
  url: 'read',
  image: 'read',
  embed: 'announce',
  html: 'read',
  comment: 'skip',
  tag: 'read',
  footnote: 'skip',
  frontMatter: 'skip',
  strikethrough: 'read',
};

/** What `readCode` is; its options are those of `speakable`. */
export type CodeReading = (source: TextSource, options: SpeakableOptions) => Iterable<SpokenStep>;

export type SpeakableOptions = {
  /**
   * Where to begin: 0 (default), or the `block` of a segment, to go on after an edit. From there on the segments are
   * the same as those of the whole text.
   */
  readonly from?: number;
  readonly policies?: Partial<Policies>;
  /**
   * `rewrite` (default) speaks `(…)` as an aside between commas, because some models take brackets for directions and
   * are silent; `keep` leaves them.
   */
  readonly parentheses?: 'rewrite' | 'keep';
  /** Language of announcements. Default: Chinese in a Chinese text, English in any other. */
  readonly announcements?: 'en' | 'zh' | undefined;
  /** Whether the cells of a table's rows are said with their column's heading. Default false. */
  readonly tableHeadings?: boolean;
  /** Names of those who speak in the text; what is not theirs is the narrator's. */
  readonly cast?: readonly string[] | undefined;
  /**
   * Reads source code: `readCode` of `@stepvoice/core/text`. Needed for a source in code, and for a note whose blocks of
   * code are read; it is handed in so that a program that only reads prose does not carry the grammars of sixty languages.
   */
  readonly readCode?: CodeReading | undefined;
  /** How source code is read, also that of a note where it is read at all. */
  readonly code?: CodeOptions | undefined;
};
