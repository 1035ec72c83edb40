import { ValidationError } from '../errors.ts';
import type { SpeechModel } from '../speech/speech-options.ts';

/** What 10 000 billed units cost, by model. */
export type SpeechPrices = {
  /** ISO 4217. */
  readonly currency: string;
  readonly per10000: Readonly<Partial<Record<SpeechModel, number>>>;
};

/** An amount in a currency (ISO 4217). Not rounded: a sentence costs a fraction of a cent. */
export type Money = { readonly amount: number; readonly currency: string };

/**
 * The service's list for mainland China (2026-09), pay as you go. The international host bills in dollars, and prices
 * change: hand in a table of your own where it matters.
 */
export const SPEECH_PRICES: SpeechPrices = {
  currency: 'CNY',
  per10000: {
    'stepaudio-3-tts': 2.5,
    'stepaudio-2.5-tts': 5.8,
    'step-tts-2': 2.8,
    'step-tts-mini': 0.9,
  },
};

const HALF = /[\p{L}\p{N}\p{P}\p{S}]/u;
const WHOLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * How much of a text is billed: a Han character is 1, two Latin letters are 1, two punctuation marks are 1, as the
 * service's price list has it. The list says nothing of the rest. Assumed here: kana and Hangul count as Han, digits,
 * symbols and the letters of all other scripts as Latin letters, white space and combining marks not at all. Halves are
 * kept; the parts of a text add up to its whole.
 */
export function billedUnits(text: string): number {
  let halves = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) halves += code > 0x20 && code !== 0x7f ? 1 : 0;
    else if (WHOLE.test(character)) halves += 2;
    else if (HALF.test(character)) halves += 1;
  }
  return halves / 2;
}

/** What so many billed units cost; `undefined` for a model that the table does not have. */
export function priceOf(
  units: number,
  model: SpeechModel,
  prices: SpeechPrices = SPEECH_PRICES,
): Money | undefined {
  const price = prices.per10000[model];
  if (price === undefined) return undefined;
  if (!(Number.isFinite(price) && price >= 0)) {
    const allowed = 'a number of 0 or more';
    throw new ValidationError(`The price of ${model} is ${price}; it must be ${allowed}.`, {
      path: `prices.per10000.${model}`,
      value: price,
      allowed,
    });
  }
  return { amount: (units / 10_000) * price, currency: prices.currency };
}
