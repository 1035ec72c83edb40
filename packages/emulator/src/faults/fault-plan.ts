import * as v from 'valibot';
import { ENDPOINTS } from '../http/routes.ts';
import type { Endpoint } from '../http/routes.ts';
import { FaultSyntaxError, parseFaults } from './fault.ts';
import type { Fault } from './fault.ts';
import { createRandom } from './random.ts';

/** When which trouble comes. */
export type FaultRule = {
  /** One fault or several together, as objects or in the compact form (`latency:300; cut:bytes=2000`). */
  fault: Fault | readonly Fault[] | string;
  /** Only requests to this endpoint; all when left out. */
  endpoint?: Endpoint | undefined;
  /** Lets so many matching requests pass first. Default 0. */
  skip?: number | undefined;
  /** Strikes so many matching requests, then ends. Default: until the rule is removed. */
  times?: number | undefined;
  /** Share of matching requests that are struck, 0 to 1, drawn from the emulator's seeded randomness. Default 1. */
  probability?: number | undefined;
};

/** A rule as it stands now; `times` and `skip` are what is left of them. */
export type ActiveFaultRule = {
  readonly fault: readonly Fault[];
  readonly endpoint: Endpoint | undefined;
  readonly skip: number;
  readonly times: number | undefined;
  readonly probability: number;
};

/** The trouble that is planned for coming requests. */
export interface FaultControl {
  /**
   * Adds a rule; the function returned takes it back.
   *
   * @throws {FaultSyntaxError} for a rule that cannot be understood.
   */
  add(rule: FaultRule): () => void;
  list(): readonly ActiveFaultRule[];
  clear(): void;
}

const Rule = v.strictObject({
  fault: v.unknown(),
  endpoint: v.optional(v.picklist(ENDPOINTS)),
  skip: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1),
});

type Entry = { -readonly [Key in keyof ActiveFaultRule]: ActiveFaultRule[Key] };

/** Keeps the rules and draws, for each request, the faults that strike it. */
export class FaultPlan implements FaultControl {
  readonly #rules: Entry[] = [];
  readonly #random: () => number;

  /** @param seed of the draws for `probability`: the same seed and the same requests give the same trouble. */
  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  add(rule: FaultRule): () => void {
    const result = v.safeParse(Rule, rule, { abortEarly: true });
    if (!result.success) {
      const issue = result.issues[0];
      throw new FaultSyntaxError(`Fault rule: ${v.getDotPath(issue) ?? 'value'}: ${issue.message}`);
    }
    const { endpoint, skip, times, probability } = result.output;
    const entry: Entry = {
      fault: parseFaults(result.output.fault),
      endpoint,
      skip,
      times,
      probability,
    };
    this.#rules.push(entry);
    return () => this.#remove(entry);
  }

  list(): readonly ActiveFaultRule[] {
    return this.#rules.map((rule) => ({ ...rule }));
  }

  clear(): void {
    this.#rules.length = 0;
  }

  /** The faults that strike a request now being answered; counts it against every rule that matches. */
  draw(endpoint: Endpoint): Fault[] {
    const struck: Fault[] = [];
    for (const rule of this.#rules.slice()) {
      if (rule.endpoint !== undefined && rule.endpoint !== endpoint) continue;
      if (rule.skip > 0) {
        rule.skip -= 1;
        continue;
      }
      if (rule.probability < 1 && this.#random() >= rule.probability) continue;
      struck.push(...rule.fault);
      if (rule.times === undefined) continue;
      rule.times -= 1;
      if (rule.times === 0) this.#remove(rule);
    }
    return struck;
  }

  #remove(entry: Entry): void {
    const index = this.#rules.indexOf(entry);
    if (index >= 0) this.#rules.splice(index, 1);
  }
}
