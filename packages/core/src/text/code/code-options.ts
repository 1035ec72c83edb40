import type { CodeSyntax } from './code-syntax.ts';

/** How source code is read. */
export type CodeOptions = {
  /** `prose` (default): comments, strings and the code itself in words; `comments`: nothing but comments. */
  readonly mode?: 'prose' | 'comments' | undefined;
  /** Of the source's language, where the caller knows it better; default is by `codeLanguage`, or a guess. */
  readonly syntax?: CodeSyntax | undefined;
  /** Licences at a file's head and comments for linters and compilers. Default `skip`. */
  readonly notices?: 'skip' | 'read' | undefined;
};
