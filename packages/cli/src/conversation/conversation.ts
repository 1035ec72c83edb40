import { StepAudioError } from '@stepvoice/core/node';
import type { RealtimeEvent } from '@stepvoice/core/node';
import type { ConversationLog } from './conversation-log.ts';
import type { ReplyOutput } from './reply-output.ts';
import type { TalkSession } from './talk-session.ts';

/** What somebody who shows the conversation is told. */
export interface ConversationView {
  /** Something was said, or is known better now. */
  changed(): void | Promise<void>;
  /** Samples of a reply have come. */
  replied(samples: Int16Array): void;
  /** The service will end the session, or has gone on in a new one. */
  session(event: Extract<RealtimeEvent, { type: 'session-ending' | 'session-renewed' }>): void;
  /** Something failed, and the conversation goes on. */
  failed(error: StepAudioError): void;
}

export type ConversationOptions = {
  session: TalkSession;
  output: ReplyOutput;
  log: ConversationLog;
  view: ConversationView;
};

/** Takes what a session says to the loudspeaker, the log and the screen, and knows whose turn it is. */
export class Conversation {
  readonly #options: ConversationOptions;
  /** Answers that are being made. */
  readonly #answering = new Set<string>();
  /** Answers that asked for a tool: another one follows them. */
  readonly #withTools = new Set<string>();
  #awaitsAnswer = false;
  #isUserSpeaking = false;
  #sounding: { responseId: string; itemId: string } | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Whether nobody speaks, and no answer is on its way. */
  get isIdle(): boolean {
    return !this.#awaitsAnswer && this.#answering.size === 0 && !this.#isUserSpeaking;
  }

  /** Whether the service is to say something next. */
  get isAnswering(): boolean {
    return this.#awaitsAnswer || this.#answering.size > 0;
  }

  /** Reads the session to its end. Throws as its iteration does. */
  async run(): Promise<void> {
    const { session, view, log } = this.#options;
    for await (const event of session) {
      log.push(event);
      this.#take(event);
      await view.changed();
      this.#notify();
    }
  }

  /** Ends the user's turn: what was written to the session is answered. */
  async endTurn(): Promise<void> {
    await this.#options.session.commit();
    this.#askForAnswer();
  }

  /** A turn that is typed. */
  async type(text: string): Promise<void> {
    const { session, log } = this.#options;
    const taken = session.say(text, { respond: false });
    log.typed(text);
    // Asked for at once: to wait for the text to be taken would cost the user a round trip.
    this.#askForAnswer();
    await taken;
  }

  /** Silences the reply, and has the service stop making it. */
  async interrupt(): Promise<void> {
    this.#silence();
    if (this.#answering.size > 0) await this.#options.session.cancel();
  }

  /** Settles when the answer has come; at once where none is on its way. */
  async answered(signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#notify();
    signal.addEventListener('abort', abort);
    try {
      while (this.isAnswering) {
        signal.throwIfAborted();
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #take(event: RealtimeEvent): void {
    const { output, view } = this.#options;
    switch (event.type) {
      case 'speech-started':
        this.#isUserSpeaking = true;
        this.#silence();
        return;
      case 'speech-stopped':
        this.#isUserSpeaking = false;
        this.#awaitsAnswer = true;
        return;
      case 'response-started':
        this.#awaitsAnswer = false;
        this.#isUserSpeaking = false;
        this.#answering.add(event.responseId);
        return;
      case 'audio': {
        const { responseId, itemId, samples } = event;
        if (this.#sounding?.responseId !== responseId) {
          output.begin();
          this.#sounding = { responseId, itemId };
        }
        output.write(samples);
        view.replied(samples);
        return;
      }
      case 'tool-call':
        this.#withTools.add(event.responseId);
        return;
      case 'response-done':
        this.#answering.delete(event.responseId);
        this.#awaitsAnswer = this.#withTools.has(event.responseId) && event.status === 'completed';
        if (this.#sounding?.responseId === event.responseId) output.end();
        return;
      case 'session-ending':
      case 'session-renewed':
        view.session(event);
        return;
      case 'error':
        view.failed(event.error);
        return;
      case 'committed':
      case 'input-transcript':
      case 'item':
      case 'session-updated':
      case 'thinking':
      case 'tool-result':
      case 'transcript':
      case 'unknown':
    }
  }

  #askForAnswer(): void {
    this.#awaitsAnswer = true;
    this.#options.session.respond().catch((error: unknown) => {
      this.#awaitsAnswer = false;
      // Where the session itself has failed, its iteration tells.
      if (StepAudioError.isInstance(error)) this.#options.view.failed(error);
      this.#notify();
    });
  }

  /** The service is told how much was heard, so that it does not believe that all of it was. */
  #silence(): void {
    const { output, session, log } = this.#options;
    const heardMs = output.flush();
    const sounding = this.#sounding;
    if (heardMs === undefined || sounding === undefined) return;
    this.#sounding = undefined;
    log.silenced(sounding.responseId, heardMs);
    session.truncate(sounding.itemId, heardMs);
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
