import type { NarrationEvents } from '@stepvoice/core/narration';
import type { CommandContext } from '../command-context.ts';
import { explainError } from '../explain-error.ts';

type Wait = NarrationEvents['waiting'];

/** A wait that is over before it could be read is not told. */
const SHORTEST_MS = 900;

/**
 * Tells why nothing comes from the service. Each kind of trouble is told once, until it has passed; how long it takes is
 * shown by who has a screen.
 */
export class WaitNotes {
  readonly #context: CommandContext;
  readonly #note: (text: string) => void;
  #untilMs = 0;
  #told: string | undefined;

  constructor(context: CommandContext, note: (text: string) => void) {
    this.#context = context;
    this.#note = note;
  }

  begin({ reason, untilMs, error }: Wait): void {
    const { t } = this.#context;
    this.#untilMs = untilMs ?? 0;
    const isShort = untilMs !== undefined && untilMs - now() < SHORTEST_MS;
    const key = `${reason} ${error?.code}`;
    if (this.#told === key || isShort) return;
    this.#told = key;
    if (error === undefined) this.#note(t('reading.slow'));
    else if (reason === 'rate-limit') {
      this.#note(t('reading.waiting', { seconds: this.seconds ?? 1 }));
    } else this.#note(t('reading.trouble', { said: explainError(error, t).message }));
  }

  /** Sound has come. */
  passed(): void {
    this.#untilMs = 0;
    this.#told = undefined;
  }

  /** How long it takes until the service is asked again; `undefined` while nothing is waited for. */
  get seconds(): number | undefined {
    const leftMs = this.#untilMs - now();
    return leftMs > 0 ? Math.ceil(leftMs / 1000) : undefined;
  }
}

/** The clock of the library. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
