import type { Clock } from '../../kit/clock.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { PageLink } from './page-link.ts';
import { FRAME_MS, MIC_SAMPLE_RATE, type PageMessage } from './page-messages.ts';
import type { PageSpeaker } from './page-speaker.ts';
import type { Talk } from './talk.ts';

const BYTES_PER_MS = (MIC_SAMPLE_RATE / 1000) * 2;

export type OpenPageOptions = {
  readonly session: string;
  readonly link: PageLink;
  readonly speaker: PageSpeaker;
  readonly clock: Clock;
  readonly canTalk: boolean;
  readonly maxTalkMs: number;
  /** @returns whether there was that much of the day left */
  readonly takeMinutes: (durationMs: number) => boolean;
  /** Somebody begins to talk. */
  readonly createTalk: () => Talk;
  readonly event: (name: string, payload: Record<string, unknown>) => void;
  readonly onFailure: (error: unknown) => void;
  readonly onTalk: (isTalking: boolean) => void;
};

/** A page that was let in: what is said on it, and within which limits. */
export class OpenPage {
  readonly session: string;
  readonly link: PageLink;
  readonly speaker: PageSpeaker;
  readonly #options: OpenPageOptions;
  #talk: { talk: Talk; beganMs: number } | undefined;

  constructor(options: OpenPageOptions) {
    this.session = options.session;
    this.link = options.link;
    this.speaker = options.speaker;
    this.#options = options;
  }

  get isTalking(): boolean {
    return this.#talk !== undefined;
  }

  receive(message: Exclude<PageMessage, { type: 'hello' }>): void {
    switch (message.type) {
      case 'talk-start':
        this.#startTalk(message.handsFree);
        break;
      case 'talk-stop':
        this.stopTalk('asked');
        break;
      case 'playing':
      case 'played':
      case 'unplayable':
        this.speaker.report(message);
    }
  }

  hear(samples: Uint8Array): void {
    // What was on its way when the talk was ended from here.
    if (this.#talk === undefined) return;
    const { talk, beganMs } = this.#talk;
    const { maxTalkMs, takeMinutes, clock } = this.#options;
    if (!takeMinutes(samples.length / BYTES_PER_MS)) this.#limit('minutes-used-up');
    else {
      talk.push(samples);
      const talkedMs = Math.max(talk.durationMs, clock.now() - beganMs);
      if (talkedMs >= maxTalkMs) this.#limit('talk-too-long');
    }
  }

  /** @param why what the events say of it */
  stopTalk(why: string): void {
    if (this.#talk === undefined) return;
    const { talk } = this.#talk;
    this.#talk = undefined;
    this.#options.onTalk(false);
    this.#finish(talk, why).catch((error: unknown) => this.#options.onFailure(error));
  }

  async #finish(talk: Talk, why: string): Promise<void> {
    await talk.end();
    const durationMs = Math.round(talk.durationMs);
    this.#options.event('talk-stop', { talk: talk.id, durationMs, why });
  }

  #startTalk(handsFree: boolean): void {
    const { canTalk, createTalk, takeMinutes, clock, event, onTalk } = this.#options;
    // A page that has missed its own stop.
    this.stopTalk('asked');
    if (!canTalk) return;
    if (!takeMinutes(FRAME_MS)) {
      this.#limit('minutes-used-up');
      return;
    }
    const talk = createTalk();
    this.#talk = { talk, beganMs: clock.now() };
    event('talk-start', { talk: talk.id, handsFree });
    onTalk(true);
  }

  #limit(limit: 'talk-too-long' | 'minutes-used-up'): void {
    this.link.send({ type: 'stop-talk', why: limit });
    // Before the event, whose badge stays.
    this.stopTalk(limit);
    this.#options.event('limit', { limit });
  }
}

/** What every message of a page carries. */
export function pageFields(session: string): FlowMessage {
  return { sessionId: session, _session: { type: 'stepvoice-play', id: session } };
}
