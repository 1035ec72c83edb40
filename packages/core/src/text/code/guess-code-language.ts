/** The language of code nobody has named, as far as its comments tell it from what most languages share. */
export function guessCodeLanguage(text: string): 'html' | 'sql' | 'shellscript' | undefined {
  const sample = text.slice(0, 8000);
  const count = (pattern: RegExp): number => sample.match(pattern)?.length ?? 0;
  if (/^\s*<(?:!doctype|\?xml|[a-z][\w-]*[\s>])/iu.test(sample)) return 'html';
  const slashes = count(/^\s*(?:\/\/|\/\*)/gmu) + count(/[;{]\s*$/gmu);
  const hashes = count(/^\s*#(?!include|define|if|endif|pragma|import)/gmu);
  const dashes = count(/^\s*--\s/gmu);
  if (dashes > slashes && dashes > hashes) return 'sql';
  return hashes > slashes ? 'shellscript' : undefined;
}
