import type { Clock } from './clock.ts';
import type { SocketHabits } from './context.ts';
import type { EarOptions } from './ear/create-ear.ts';
import type { FaultRule } from './faults/fault-plan.ts';
import type { MindOptions } from './mind/create-mind.ts';
import { PACES } from './realtime/realtime-habits.ts';
import type { Pace, RealtimeHabits } from './realtime/realtime-habits.ts';
import { RATE_LIMIT_TIERS } from './rate-limit.ts';
import type { RateLimit, RateLimitTier, Region } from './rate-limit.ts';

/**
 * The key of an emulator that was given none. It is no secret: who can reach the loopback address may use it. Any other
 * address needs a key of the user's own.
 */
export const DEMO_API_KEY = 'stepvoice-emulator';

const SHORTEST_OWN_KEY = 16;
const LONGEST_KEY = 512;

export type EmulatorOptions = {
  /** TCP port; default 0, any free one. */
  port?: number | undefined;
  /** Address to listen on; default 127.0.0.1. One that is not loopback needs an `apiKey` of your own. */
  host?: string | undefined;
  /** The only key that is accepted: visible ASCII. Default {@link DEMO_API_KEY}. */
  apiKey?: string | undefined;
  /** Which host is emulated: `cn` (default), or `intl` with its seven voices. */
  region?: Region | undefined;
  /** Ids of cloned voices the account has; default none. */
  clonedVoices?: readonly string[] | undefined;
  /** Answers pages of any origin, with preflights; default false. */
  cors?: boolean | undefined;
  /** Holds the account to limits: the service's tier of the region, or your own figures. Default none. */
  rateLimit?: RateLimitTier | RateLimit | undefined;
  /** Trouble from the start; more can be added later. */
  faults?: readonly FaultRule[] | undefined;
  /** Loads the voice at once, and not with the first request, which then need not wait for it; default false. */
  warm?: boolean | undefined;
  /**
   * Answers to the letter of the service's documentation where the service was seen to answer otherwise; default false.
   * The README's table says where that makes a difference.
   */
  strict?: boolean | undefined;
  /** How fast the replies of realtime conversations are sent, unless a connection asks for another; default `fast`. */
  pace?: Pace | undefined;
  /** Of the randomness behind `probability` and jitter; default 1. */
  seed?: number | undefined;
  /** Time for latencies, idle times, limits and expiries; default the real one. */
  clock?: Clock | undefined;
} & Partial<SocketHabits> &
  Partial<RealtimeHabits> &
  EarOptions &
  MindOptions;

/** Why an emulator cannot be started as asked; the message says what to do. */
export class EmulatorOptionError extends Error {
  override name = 'EmulatorOptionError';
}

/** @throws {EmulatorOptionError} */
export function checkOptions(options: EmulatorOptions): void {
  const { apiKey, host, pace, port, region, seed } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new EmulatorOptionError(`port is ${port}; it must be a whole number from 0 to 65535.`);
  }
  if (region !== undefined && region !== 'cn' && region !== 'intl') {
    throw new EmulatorOptionError(`region is ${String(region)}; it must be "cn" or "intl".`);
  }
  if (pace !== undefined && !PACES.includes(pace)) {
    throw new EmulatorOptionError(
      `pace is ${String(pace)}; it must be one of ${PACES.join(', ')}.`,
    );
  }
  if (seed !== undefined && !Number.isInteger(seed)) {
    throw new EmulatorOptionError(`seed is ${seed}; it must be a whole number.`);
  }
  // The key itself is never part of a message.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new EmulatorOptionError('apiKey must be visible ASCII characters without spaces.');
  }
  if (apiKey !== undefined && apiKey.length > LONGEST_KEY) {
    throw new EmulatorOptionError(`apiKey must have at most ${LONGEST_KEY} characters.`);
  }
  if (host === undefined || isLoopback(host)) return;
  if (apiKey === undefined || apiKey === DEMO_API_KEY || apiKey.length < SHORTEST_OWN_KEY) {
    throw new EmulatorOptionError(
      `host ${host} can be reached by other machines: give an apiKey of your own with at least ${SHORTEST_OWN_KEY} characters, or listen on 127.0.0.1.`,
    );
  }
}

/** @throws {EmulatorOptionError} for a tier that the region does not have, and figures that are no limits. */
export function toRateLimit(rateLimit: RateLimitTier | RateLimit, region: Region): RateLimit {
  if (typeof rateLimit === 'string') {
    const tiers = RATE_LIMIT_TIERS[region];
    const limit = Object.hasOwn(tiers, rateLimit) ? tiers[rateLimit] : undefined;
    if (limit !== undefined) return limit;
    throw new EmulatorOptionError(
      `rateLimit is ${rateLimit}; in region ${region} there are ${Object.keys(tiers).join(', ')}.`,
    );
  }
  for (const [name, value] of Object.entries(rateLimit)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new EmulatorOptionError(`rateLimit.${name} is ${value}; it must be at least 1.`);
  }
  return rateLimit;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
