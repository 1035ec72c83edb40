import type { CommandContext } from '../command-context.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { Keyboard } from '../terminal/keyboard.ts';
import type { Key } from '../terminal/keyboard.ts';
import type { Conversation } from './conversation.ts';
import type { EchoGate } from './echo-gate.ts';
import type { ReplyOutput } from './reply-output.ts';
import { TALK_RATE } from './talk-session.ts';
import type { TalkSession } from './talk-session.ts';
import type { TalkStatus } from './talk-view.ts';

export type LiveTalkOptions = {
  session: TalkSession;
  conversation: Conversation;
  output: ReplyOutput;
  gate: EchoGate;
  /** Space says when a turn begins and ends; else the service hears it. */
  pushToTalk: boolean;
  onSound: (samples: Int16Array) => void;
};

/** Less is a key that was touched by mistake, and no turn. */
const SHORTEST_TURN_SECONDS = 0.3;

/** Somebody at the microphone, with the keyboard before him. */
export class LiveTalk {
  readonly #options: LiveTalkOptions;
  readonly #over = Promise.withResolvers<void>();
  #isOpen: boolean;
  #isConnected = false;
  /** Samples of the turn that is being recorded. */
  #recorded = 0;
  /** Keys come faster than the service answers. */
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(options: LiveTalkOptions) {
    this.#options = options;
    this.#isOpen = !options.pushToTalk;
  }

  get status(): TalkStatus {
    const { conversation, output, pushToTalk } = this.#options;
    if (!this.#isConnected) return 'connecting';
    if (pushToTalk && this.#isOpen) return 'recording';
    if (output.isSounding) return 'speaking';
    if (conversation.isAnswering) return 'waiting';
    if (this.#isOpen) return 'listening';
    return pushToTalk ? 'idle' : 'muted';
  }

  /** Talks until the user has enough. */
  async run(
    microphone: Microphone,
    { terminal, interruption, signal }: CommandContext,
  ): Promise<void> {
    this.#isConnected = true;
    const release = interruption.onceInterrupted(() => this.#over.resolve());
    const keyboard = Keyboard.open(terminal, (key) => {
      if (key === 'interrupt') interruption.interrupt();
      else this.#press(key);
    });
    const abort = (): void => this.#over.resolve();
    signal.addEventListener('abort', abort, { once: true });
    const sending = this.#send(microphone);
    try {
      await Promise.race([this.#over.promise, sending]);
    } finally {
      signal.removeEventListener('abort', abort);
      keyboard?.close();
      release();
      await microphone.stop();
      await sending.catch(() => {});
    }
    signal.throwIfAborted();
  }

  async #send(microphone: Microphone): Promise<void> {
    const { session, gate, onSound } = this.#options;
    for await (const samples of microphone) {
      onSound(samples);
      if (!this.#isOpen) continue;
      this.#recorded += samples.length;
      session.write(gate.pass(samples), TALK_RATE);
    }
  }

  #press(key: Key): void {
    if (key === 'end') this.#over.resolve();
    else if (key === 'space' || key === 'enter') this.#toggle();
    else if (key === 'escape') this.#discard();
  }

  #toggle(): void {
    const { conversation, output, pushToTalk } = this.#options;
    const isAnswering = output.isSounding || conversation.isAnswering;
    if (!this.#isOpen || !pushToTalk) {
      if (isAnswering) this.#then(() => conversation.interrupt());
      // With an open microphone the first press silences the reply, and only one in silence the microphone.
      if (isAnswering && !pushToTalk) return;
      this.#isOpen = !this.#isOpen;
      this.#recorded = 0;
      return;
    }
    this.#isOpen = false;
    if (this.#recorded < SHORTEST_TURN_SECONDS * TALK_RATE) this.#forget();
    else this.#then(() => conversation.endTurn());
  }

  #discard(): void {
    const { conversation, pushToTalk } = this.#options;
    if (pushToTalk && this.#isOpen) {
      this.#isOpen = false;
      this.#forget();
    } else {
      this.#then(() => conversation.interrupt());
    }
  }

  #forget(): void {
    if (this.#recorded > 0) this.#then(() => this.#options.session.clear());
  }

  /** One after the other. What fails here is told by the session's own events, or ends it. */
  #then(step: () => Promise<void>): void {
    this.#lastTurn = this.#lastTurn.then(step).catch(() => {});
  }
}
