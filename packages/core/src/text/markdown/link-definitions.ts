/**
 * Tells which labels of links are defined somewhere in a text. The text is searched on the first question, in one pass:
 * most notes have no such link.
 */
export function linkDefinitions(text: string): (label: string) => boolean {
  let labels: Set<string> | undefined;
  return (label) => {
    if (label.length > LONGEST_LABEL) return false;
    labels ??= new Set(
      Array.from(text.matchAll(DEFINITION), ([, defined]) => normalised(defined!)),
    );
    return labels.has(normalised(label));
  };
}

const LONGEST_LABEL = 999;
const DEFINITION = /^[ \t>]{0,12}\[(?!\^)([^[\]\n\r]{1,999})\]:/gm;

function normalised(label: string): string {
  return label.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
