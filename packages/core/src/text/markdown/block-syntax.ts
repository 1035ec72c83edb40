import type { BlockContext, Line, MarkdownConfig } from '@lezer/markdown';

/**
 * Blocks that Markdown hosts add: formulas and comments of several lines, footnotes; definitions of links, which take
 * one line or two here; and a bound on how deep blocks may be nested.
 */
export const BLOCK_SYNTAX: MarkdownConfig = {
  defineNodes: [
    { name: 'MathBlock', block: true },
    { name: 'PercentCommentBlock', block: true },
    { name: 'UnclosedBlock', block: true },
    { name: 'FootnoteDefinition', block: true, composite: goesOnInFootnote },
    'FootnoteLabel',
  ],
  parseBlock: [
    { name: 'LinkReference', parse: parseLinkDefinition },
    {
      name: 'FootnoteDefinition',
      before: 'LinkReference',
      parse: parseFootnote,
      endLeaf: (_cx, line) => FOOTNOTE.test(line.text.slice(line.pos, line.pos + LONGEST_LABEL)),
    },
    {
      name: 'MathBlock',
      before: 'LinkReference',
      parse: parseMathBlock,
      endLeaf: (_cx, line) => /^\$\$\s*$/.test(line.text.slice(line.pos, line.pos + 8)),
    },
    { name: 'PercentCommentBlock', before: 'LinkReference', parse: parseCommentBlock },
    { name: 'DeepBlock', before: 'MathBlock', parse: parseDeepBlock },
  ],
};

/** Deeper quotes and lists are text: nobody writes them, and every line would cost the whole depth. */
const DEEPEST = 64;

/** A comment that is not closed within so many code units is none. */
const LONGEST_COMMENT = 65_536;
const LONGEST_LABEL = 1_000;
const FOOTNOTE = /^\[\^[^\s[\]]+\]:(?:[ \t]|$)/;

function isIndentedCode(line: Line): boolean {
  return line.indent >= line.baseIndent + 4;
}

function parseDeepBlock(cx: BlockContext, line: Line): boolean {
  if (cx.depth <= DEEPEST || line.pos >= line.text.length) return false;
  const start = cx.lineStart + line.pos;
  const end = cx.lineStart + line.text.length;
  cx.nextLine();
  cx.addElement(cx.elt('UnclosedBlock', start, end));
  return true;
}

function parseLinkDefinition(cx: BlockContext, line: Line): boolean {
  if (line.next !== 91 || isIndentedCode(line)) return false;
  const rest = line.text.slice(line.pos);
  const match = DEFINITION.exec(rest);
  if (match === null) return false;
  const start = cx.lineStart + line.pos;
  let end = cx.lineStart + line.text.length;
  const hasTitle = match[1] !== undefined;
  cx.nextLine();
  if (!hasTitle && TITLE.test(line.text.slice(line.pos)) && line.pos < line.text.length) {
    end = cx.lineStart + line.text.length;
    cx.nextLine();
  }
  cx.addElement(cx.elt('LinkReference', start, end));
  return true;
}

const DEFINITION =
  /^\[(?!\^)(?:[^[\]\\]|\\.){1,999}\]:[ \t]*(?:<[^<>\n]*>|[^\s<]\S*)([ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*$/;
const TITLE = /^(?:"[^"]*"|'[^']*'|\([^()]*\))\s*$/;

function parseFootnote(cx: BlockContext, line: Line): boolean | null {
  if (line.next !== 91 || isIndentedCode(line)) return false;
  const match = FOOTNOTE.exec(line.text.slice(line.pos, line.pos + LONGEST_LABEL));
  if (match === null) return false;
  const start = cx.lineStart + line.pos;
  const label = match[0].trimEnd().length;
  cx.startComposite('FootnoteDefinition', line.pos, 0);
  cx.addElement(cx.elt('FootnoteLabel', start, start + label));
  line.moveBase(line.skipSpace(line.pos + label));
  return null;
}

function goesOnInFootnote(_cx: BlockContext, line: Line): boolean {
  if (line.pos >= line.text.length) return true;
  if (line.indent < line.baseIndent + 2) return false;
  line.moveBaseColumn(line.baseIndent + Math.min(4, line.indent - line.baseIndent));
  return true;
}

/** A formula of several lines ends with its dollars, or with an empty line, which TeX does not allow in it either. */
function parseMathBlock(cx: BlockContext, line: Line): boolean {
  if (line.next !== 36 || isIndentedCode(line)) return false;
  const text = line.text.slice(line.pos);
  if (!text.startsWith('$$')) return false;
  const first = text.slice(2).trimEnd();
  // One that is closed on its line with text behind it belongs to a paragraph.
  if (first.includes('$$') && !first.endsWith('$$')) return false;
  const start = cx.lineStart + line.pos;
  let end = cx.lineStart + line.text.length;
  const { baseIndent } = line;
  let isClosed = first.endsWith('$$');
  while (cx.nextLine() && !isClosed) {
    // A line that is set less deep has left the list or quote.
    if (line.pos >= line.text.length || line.baseIndent < baseIndent) break;
    end = cx.lineStart + line.text.length;
    isClosed = line.text.trimEnd().endsWith('$$');
  }
  cx.addElement(cx.elt('MathBlock', start, end));
  return true;
}

function parseCommentBlock(cx: BlockContext, line: Line): boolean {
  if (cx.depth > 1 || line.next !== 37 || isIndentedCode(line)) return false;
  const text = line.text.slice(line.pos);
  if (!text.startsWith('%%') || text.includes('%%', 2)) return false;
  const start = cx.lineStart + line.pos;
  let end = cx.lineStart + line.text.length;
  let isClosed = false;
  while (cx.nextLine() && !isClosed && end - start < LONGEST_COMMENT) {
    end = cx.lineStart + line.text.length;
    isClosed = line.text.includes('%%');
  }
  cx.addElement(cx.elt(isClosed ? 'PercentCommentBlock' : 'UnclosedBlock', start, end));
  return true;
}
