import type { DirectedText } from './inline-directions.ts';
import {
  combineDirections,
  neutralProsody,
  understandDirection,
  type Direction,
} from './prosody.ts';

/** How to speak from an offset of the text on. */
export type Manner = Direction & { at: number };

/**
 * The manners of speaking a text with directions inside: the general one from its beginning, then what each direction makes of it. A
 * direction holds until the next one; several in a row hold together; one that is not understood changes nothing, and a mere pause does
 * not end what was asked before.
 */
export function mannersOf({ text, directions }: DirectedText, general: Direction): Manner[] {
  const manners: Manner[] = [{ ...general, at: 0 }];
  let inRow: Direction | undefined;
  let previousEnd = -1;
  for (const { at, words } of directions) {
    const direction = understandDirection(words);
    const continues = inRow !== undefined && text.slice(previousEnd, at).trim() === '';
    previousEnd = at;
    const current = manners.at(-1)!;
    if (changesManner(direction)) {
      inRow = continues ? combineDirections(inRow!, direction) : direction;
      const combined = combineDirections(general, inRow);
      manners.push({ ...combined, at, pauseMs: direction.pauseMs });
    } else if (direction.pauseMs > 0) {
      manners.push({ ...current, at, pauseMs: direction.pauseMs });
    }
  }
  return manners;
}

function changesManner({ prosody, language }: Direction): boolean {
  const keys = Object.keys(neutralProsody) as (keyof typeof neutralProsody)[];
  return language !== undefined || keys.some((key) => prosody[key] !== neutralProsody[key]);
}
