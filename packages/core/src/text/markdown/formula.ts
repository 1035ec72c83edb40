import type { ProseBuilder } from '../prose-builder.ts';
import type { SpeakingContext } from '../segment-draft.ts';
import type { TextRange } from '../text-range.ts';

/** Speaks a formula with its dollars: as it stands, or as the word for it. */
export function speakFormula(
  { text, policies, announcements }: SpeakingContext,
  prose: ProseBuilder,
  { start, end }: TextRange,
): void {
  if (policies.math === 'skip') return;
  const marks = text.startsWith('$$', start) ? 2 : 1;
  const tex = text.slice(start + marks, end - marks);
  if (policies.math === 'read') prose.text(start + marks, end - marks);
  else if (isSimple(tex)) speakSimple(prose, tex, start + marks, announcements.language);
  else prose.words(announcements.formula, start, end);
}

/** Variables, numbers, sums and the like, as one would say them. */
function isSimple(tex: string): boolean {
  return tex.length <= 32 && new RegExp(`^(?:${SIMPLE})+$`, 'u').test(tex);
}

function speakSimple(
  prose: ProseBuilder,
  tex: string,
  offset: number,
  language: 'en' | 'zh',
): void {
  for (const { 0: part, index } of tex.matchAll(new RegExp(SIMPLE, 'gu'))) {
    const start = offset + index;
    const end = start + part.length;
    if (part.startsWith('\\')) prose.text(start + 1, end);
    else if (part === '_') prose.separate(start, end);
    else if (part.startsWith('^')) prose.words(POWERS[language][part === '^2' ? 0 : 1], start, end);
    else prose.text(start, end);
  }
}

const POWERS = { en: [' squared', ' cubed'], zh: ['的平方', '的立方'] } as const;

/** Names of Greek letters and functions are what is said. */
const NAMES =
  'alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|' +
  'Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|times|sin|cos|tan|log|ln|exp|min|max';
const SIMPLE = String.raw`\\(?:${NAMES})(?![A-Za-z])|_(?=[A-Za-z0-9](?![A-Za-z0-9]))|\^[23](?!\d)|[\p{L}\p{N} +\-−*/=<>≤≥≠.,%!]`;
