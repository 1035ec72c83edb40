import { StepAudioError } from '@stepvoice/core';
import { SERVICE_CALLS } from '../service-calls.ts';
import type { Client, Prepared, ServiceCall } from '../service-calls.ts';
import { compareShapes } from './wire-shapes.ts';
import type { WireRecorder } from './wire-recorder.ts';

/** A client whose traffic is written down. */
export type Side = { client: Client; recorder: WireRecorder };

export type Difference = { call: string; lines: readonly string[] };

/**
 * Makes every call of the contract at both sides and compares how each went and what came over the wire: `-` only the
 * first side, `+` only the second.
 *
 * @param prepare makes what the calls use, at one side
 */
export async function compareSides(
  sides: readonly [Side, Side],
  prepare: (side: Side) => Promise<Prepared>,
  say: (line: string) => void,
): Promise<Difference[]> {
  const prepared = [await prepare(sides[0]), await prepare(sides[1])] as const;
  const differences: Difference[] = [];
  for (const call of SERVICE_CALLS) {
    sides.forEach(({ recorder }) => void recorder.take());
    const first = await endingOf(call, sides[0].client, prepared[0]);
    const second = await endingOf(call, sides[1].client, prepared[1]);
    const shapes = compareShapes(sides[0].recorder.take(), sides[1].recorder.take());
    const lines = [...(first === second ? [] : [`- ${first}`, `+ ${second}`]), ...shapes];
    say(`${call.name}: ${second}${lines.length === 0 ? '' : `, ${lines.length} differences`}`);
    if (lines.length > 0) differences.push({ call: call.name, lines });
  }
  return differences;
}

/** How a call ended, in a word: what it says differs from side to side, and is nobody's business. */
async function endingOf(call: ServiceCall, client: Client, prepared: Prepared): Promise<string> {
  try {
    await call.run(client, {
      ...prepared,
      signal: undefined,
      seen: () => undefined,
      hear: () => undefined,
    });
    return 'well';
  } catch (error) {
    if (!StepAudioError.isInstance(error)) return `with ${String(error)}`;
    return `with ${error.name} ${error.code}${error.status === undefined ? '' : ` (HTTP ${error.status})`}`;
  }
}
