import type { Clock } from '../clock.ts';
import type { Mind } from './mind.ts';
import { createRulesMind } from './rules-mind.ts';
import { createUpstreamMind } from './upstream-mind.ts';
import type { UpstreamOptions } from './upstream-mind.ts';

export type MindOptions = {
  /** A language model that answers in place of the rules; default none. */
  upstream?: UpstreamOptions | undefined;
};

/** @throws {EmulatorOptionError} for an upstream that cannot be used. */
export function createMind(
  { upstream }: MindOptions,
  clock: Clock,
): Mind & { close(): Promise<void> } {
  if (upstream !== undefined) return createUpstreamMind(upstream);
  return { ...createRulesMind(clock), close: () => Promise.resolve() };
}
