/**
 * Divides a command line into program and arguments, without a shell: by spaces, save those between two quotes of a kind.
 * Nothing else has a meaning, backslashes and dollar signs neither, so that paths of every system can be written.
 *
 * @throws {SyntaxError} for a quote without its second.
 */
export function parseCommand(line: string): string[] {
  const parts: string[] = [];
  let part: string | undefined;
  let quote = '';
  for (const character of line) {
    if (quote !== '') {
      if (character === quote) quote = '';
      else part += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      part ??= '';
    } else if (/\s/.test(character)) {
      if (part !== undefined) parts.push(part);
      part = undefined;
    } else part = (part ?? '') + character;
  }
  if (quote !== '') throw new SyntaxError(`a ${quote} is not closed`);
  if (part !== undefined) parts.push(part);
  return parts;
}
