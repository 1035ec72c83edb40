import { randomInt } from 'node:crypto';
import type { RealtimeTool } from '@stepvoice/core/node';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';

const MOST_DICE = 20;
const MOST_SIDES = 1000;

/** Tools that do nothing but answer, to try tools with. Described in English, which every model was seen to follow. */
const TOOLS: readonly RealtimeTool[] = [
  {
    name: 'time',
    description: 'Tells the current time, date and time zone of the user.',
    parameters: { type: 'object', properties: {} },
    run: () => {
      const now = new Date();
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return { local: now.toString(), iso: now.toISOString(), zone };
    },
  },
  {
    name: 'dice',
    description: 'Rolls dice and tells what they show.',
    parameters: {
      type: 'object',
      properties: {
        sides: { type: 'integer', description: `Sides of each, 2 to ${MOST_SIDES}. Default 6.` },
        count: { type: 'integer', description: `How many, 1 to ${MOST_DICE}. Default 1.` },
      },
    },
    run: (given) => {
      const { sides = 6, count = 1 } = given as { sides?: number; count?: number };
      if (!(Number.isInteger(sides) && sides >= 2 && sides <= MOST_SIDES)) {
        throw new RangeError(`sides must be a whole number from 2 to ${MOST_SIDES}.`);
      }
      if (!(Number.isInteger(count) && count >= 1 && count <= MOST_DICE)) {
        throw new RangeError(`count must be a whole number from 1 to ${MOST_DICE}.`);
      }
      return { rolls: Array.from({ length: count }, () => randomInt(1, sides + 1)) };
    },
  },
];

export const TOOL_NAMES = TOOLS.map(({ name }) => name);

/** @throws {UsageError} for a tool there is not. */
export function toTools(names: readonly string[] | undefined, t: Translate): RealtimeTool[] {
  return [...new Set(names)].map((value) => {
    const tool = TOOLS.find(({ name }) => name === value);
    if (tool !== undefined) return tool;
    const choices = TOOL_NAMES.join(', ');
    throw new UsageError(t('error.choice', { label: '--tool', value, choices }));
  });
}
