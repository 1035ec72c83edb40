import type { TextRange } from '../text-range.ts';

export type FrontMatter = TextRange & {
  /** Without its marks. */
  readonly content: TextRange;
  /** As `lang:` or `language:` has it. */
  readonly language: string | undefined;
};

/** Front matter of notes is short; what is not closed within so many code units is text. */
const LONGEST = 65_536;

/** YAML between `---` at the very beginning of a text; `undefined` where it is not closed, or is a rule and prose. */
export function frontMatter(text: string): FrontMatter | undefined {
  const open = /^\uFEFF?---[ \t]*(?:\r\n|[\n\r])/.exec(text);
  if (open === null) return undefined;
  const start = open[0].length;
  const close = /(?:^|\r\n|[\n\r])(?:---|\.\.\.)[ \t]*(?:\r\n|[\n\r]|$)/.exec(
    text.slice(start, start + LONGEST),
  );
  if (close === null) return undefined;
  const content = { start, end: start + close.index };
  const yaml = text.slice(content.start, content.end);
  if (!isYaml(yaml)) return undefined;
  const language =
    /(?:^|[\n\r])lang(?:uage)?:[ \t]*["']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\b/.exec(yaml);
  return { start: 0, end: start + close.index + close[0].length, content, language: language?.[1] };
}

/** The first line that says something is a key, or there is none. */
function isYaml(content: string): boolean {
  const line = /^(?:[ \t]*(?:#.*)?(?:\r\n|[\n\r]))*([^\n\r]*)/.exec(content)![1]!;
  return (
    line.trim() === '' || /^(?:["']?[\p{L}\p{N}_][^:\n]{0,200}:(?:[ \t]|$)|[-{[#])/u.test(line)
  );
}
