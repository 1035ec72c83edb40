/** An absolute address, or `undefined` for what is none. `URL.canParse` is missing on phones of 2023. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
