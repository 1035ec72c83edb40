/** After these a speaker breathes; a point or comma inside a number is none. */
const CLAUSE =
  /[^，。！？；：、,.!?;:\n]*(?:[.,:](?=\d)[^，。！？；：、,.!?;:\n]*)*[，。！？；：、,.!?;:\n]*["”’'」』)）]*\s*/gu;

/** A text clause by clause; joined, they are the text. */
export function toClauses(text: string): string[] {
  return text.match(CLAUSE)?.filter((clause) => clause !== '') ?? [];
}
