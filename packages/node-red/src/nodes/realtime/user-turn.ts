import type { Pcm } from '@stepvoice/core/audio';
import type { NodeHost } from '../../kit/register-node.ts';
import type { Conversation } from './conversation-engine.ts';
import type { RealtimeProperties } from './definition.ts';
import type { Exchange } from './exchange.ts';

/** Silence after the end of a stream, beyond what ends a turn. */
const AFTER_SPEECH_MS = 600;
/** The service's own default. */
const DEFAULT_PAUSE_MS = 100;
const SAMPLE_RATE = 24_000;

/** What the user says in one go. Its end is found by the service, or said by a button. */
export class UserTurn {
  readonly #host: NodeHost<RealtimeProperties>;
  readonly #exchange: Exchange;
  readonly #touch: () => void;
  #hasSound = false;

  /** @param touch somebody spoke */
  constructor(host: NodeHost<RealtimeProperties>, exchange: Exchange, touch: () => void) {
    this.#host = host;
    this.#exchange = exchange;
    this.#touch = touch;
  }

  /** Whether something was said that nobody has ended. With a button only. */
  get hasSound(): boolean {
    return this.#hasSound;
  }

  write(conversation: Conversation, { samples, sampleRate }: Pcm): void {
    if (samples.length === 0) return;
    if (this.#isByButton) {
      if (!this.#hasSound) this.#exchange.interrupt(conversation, 'button');
      this.#hasSound = true;
      this.#touch();
    }
    conversation.write(samples, sampleRate);
  }

  /** No more sound comes. @returns what settles when a button's turn is with the service */
  endSound(conversation: Conversation): { ended: Promise<unknown> | undefined } {
    if (this.#isByButton) {
      return this.#hasSound ? this.commit(conversation) : { ended: undefined };
    }
    const silenceMs = (this.#host.fixed.silenceMs ?? DEFAULT_PAUSE_MS) + AFTER_SPEECH_MS;
    const samples = new Int16Array((silenceMs * SAMPLE_RATE) / 1000);
    conversation.write(samples, SAMPLE_RATE);
    return { ended: undefined };
  }

  /** Hands the turn over, and asks for an answer. */
  commit(conversation: Conversation): { ended: Promise<unknown> } {
    this.#hasSound = false;
    this.#exchange.endTurn();
    const ended = conversation.commit();
    ended.catch(() => undefined);
    // Not only then: to wait for the one before the other would cost the user a round trip.
    conversation.respond().catch((error: unknown) => this.#exchange.report(error, conversation));
    return { ended };
  }

  /** What was said of it is forgotten, here and by the service. */
  async clear(conversation: Conversation): Promise<void> {
    const hadSound = this.#hasSound;
    this.#hasSound = false;
    if (hadSound) await conversation.clear();
  }

  /** It was lost with its connection. */
  forget(): void {
    this.#hasSound = false;
  }

  get #isByButton(): boolean {
    return this.#host.fixed.turns === 'manual';
  }
}
