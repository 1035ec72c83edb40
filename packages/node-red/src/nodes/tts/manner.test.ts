import { EMOTIONS, LANGUAGES, STYLES } from '@stepvoice/core/protocol';
import { expect, it } from 'vitest';
import { MANNERS, toLabel } from './manner.ts';

it.each([
  ['emotion', EMOTIONS],
  ['style', STYLES],
  ['language', LANGUAGES],
] as const)('has every %s of the service', (kind, words) => {
  for (const name of Object.keys(words)) {
    expect(toLabel(name as keyof typeof MANNERS)).toEqual({ [kind]: name });
  }
});

it('has no others, and one for none', () => {
  const known = Object.keys({ ...EMOTIONS, ...STYLES, ...LANGUAGES });
  expect(Object.keys(MANNERS).toSorted()).toEqual(['none', ...known].toSorted());
  expect(toLabel('none')).toBeUndefined();
});
