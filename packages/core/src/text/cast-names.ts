/** The names of a cast as one pattern, and which of them a written one is. */
export type CastNames = {
  readonly pattern: string;
  readonly find: (written: string) => string;
};

/** @returns `undefined` for a cast without a name. */
export function castNames(cast: readonly string[]): CastNames | undefined {
  const keys = new Map<string, string>();
  for (const name of cast) if (name.trim() !== '') keys.set(plainName(name), name);
  if (keys.size === 0) return undefined;
  const longestFirst = [...keys.keys()].toSorted((a, b) => b.length - a.length);
  const pattern = longestFirst
    .map((name) =>
      name.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`).replaceAll(' ', String.raw`\s+`),
    )
    .join('|');
  return { pattern: `(?:${pattern})`, find: (written) => keys.get(plainName(written)) ?? written };
}

function plainName(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
}
