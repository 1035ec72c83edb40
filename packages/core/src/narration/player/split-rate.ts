/** What an output does of a rate by itself, and what is left to do. */
export type SplitRate = { readonly output: number; readonly stretch: number };

/** @param rates what the output plays without changing the pitch; `undefined`: only 1 */
export function splitRate(
  rate: number,
  rates: readonly [least: number, most: number] | undefined,
): SplitRate {
  if (rates === undefined) return { output: 1, stretch: rate };
  const output = Math.min(Math.max(rate, rates[0]), rates[1]);
  return { output, stretch: rate / output };
}
