import type { Money } from '@stepvoice/core/narration';
import type { Translate } from '../language/translate.ts';

const LEAST = 0.001;

/** An amount as the user's language writes it; what is smaller than its coins with one figure more. */
export function formatMoney(
  { amount, currency }: Money,
  { language }: Pick<Translate, 'language'>,
): string {
  const format = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', {
    style: 'currency',
    currency,
    maximumFractionDigits: amount < 0.1 ? 3 : 2,
  });
  const isTiny = amount > 0 && amount < LEAST;
  return isTiny ? `<${format.format(LEAST)}` : format.format(amount);
}
