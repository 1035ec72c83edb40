/** How a language marks comments and strings: all that is needed to tell prose from code. */
export type CodeSyntax = {
  readonly lineComments?: readonly (string | LineComment)[];
  readonly blockComments?: readonly BlockComment[];
  readonly strings?: readonly StringSyntax[];
  /** `/…/` may be a regular expression: quotes within it open no string. */
  readonly regexes?: boolean;
  /** `<<NAME` … `NAME`: a string of whole lines. */
  readonly heredocs?: boolean;
  /** Strings whose end mark repeats what stands in their first one. */
  readonly rawStrings?: 'rust' | 'cpp' | 'lua';
  /** A single quote is a string only if it holds one character (`'a'`, `'\n'`): else a lifetime, a prime, a quotation. */
  readonly characters?: boolean;
  /** Names are written with hyphens (`font-size`), which elsewhere subtract. */
  readonly hyphens?: boolean;
  /** Text with tags; `<script>`, `<style>` and `<?php … ?>` hold other languages. */
  readonly markup?: boolean;
  /** Of markup that is data rather than a page: its tags are read too. */
  readonly tags?: boolean;
};

export type LineComment = {
  readonly open: string;
  /** Where it is a comment, if not everywhere. */
  readonly where?: 'line-start' | 'after-space';
  /** Characters behind which it is none: `#[` in PHP, `-->` in Haskell. */
  readonly notBefore?: string;
};

export type BlockComment = {
  readonly open: string;
  readonly close: string;
  /** One may stand within another. */
  readonly nested?: boolean;
  readonly where?: 'line-start';
};

export type StringSyntax = {
  readonly open: string;
  readonly close: string;
  /** What takes the meaning from a quote: a backslash before it (default), a second quote, nothing. */
  readonly escape?: 'backslash' | 'doubled' | 'none';
  readonly multiline?: boolean;
  /** What opens code within the string: `${`, `#{`, `$(`. */
  readonly hole?: string;
  /** Alone on its lines it is documentation, as in Python. */
  readonly documents?: boolean;
};
