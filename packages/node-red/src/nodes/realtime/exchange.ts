import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import type { Conversation, ConversationEvent } from './conversation-engine.ts';
import type { RealtimeProperties } from './definition.ts';
import { ReplyOutput, type HeardItem, type HeardReply } from './reply-output.ts';
import { answerFailed } from './talk-errors.ts';
import { ToolCalls } from './tool-calls.ts';
import { TranscriptOutput } from './transcript-output.ts';

const [AUDIO, TRANSCRIPT, TOOLS, EVENTS] = [0, 1, 2, 3];

export type ExchangeOptions = {
  host: NodeHost<RealtimeProperties>;
  audio: AudioLibrary;
  /** The connection of the moment. */
  conversation: () => Conversation | undefined;
  /** Somebody spoke. */
  touch: () => void;
  onChange: () => void;
};

/** Whose turn it is in a conversation, and what of it leaves the node. */
export class Exchange {
  readonly replies: ReplyOutput;
  readonly calls = new ToolCalls();
  /** What the next answer is to: its messages carry these properties. */
  origin: FlowMessage = {};
  /** The user has spoken, and the model has not begun to answer, or waits for a tool. */
  isAnswerDue = false;
  readonly #options: ExchangeOptions;
  readonly #host: NodeHost<RealtimeProperties>;
  readonly #transcripts: TranscriptOutput;
  readonly #answering = new Set<string>();
  #isUserSpeaking = false;
  #turnEndedAtMs: number | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { host, audio } = options;
    this.#host = host;
    const origin = (): FlowMessage => this.origin;
    this.replies = new ReplyOutput({
      kind: host.fixed.output,
      audio,
      clock: host.clock,
      createId: () => host.RED.util.generateId(),
      send: (message) => host.send(AUDIO, message),
      origin,
      facts: () => {
        const conversation = options.conversation();
        return { ...conversation?.state, requestId: conversation?.requestId };
      },
      onHeard: (reply, items) => this.#onHeard(reply, items),
    });
    this.#transcripts = new TranscriptOutput({
      kind: host.fixed.transcripts,
      send: (message) => host.send(TRANSCRIPT, message),
      origin,
    });
  }

  get isAnswering(): boolean {
    return this.#answering.size > 0;
  }

  /** Whether somebody speaks or is being heard, or a tool works. */
  get isBusy(): boolean {
    return (
      this.#isUserSpeaking || this.isAnswering || this.calls.size > 0 || this.replies.isSounding
    );
  }

  /** The user has finished. */
  endTurn(): void {
    this.#turnEndedAtMs = this.#host.clock.now();
    this.isAnswerDue = true;
    this.#options.onChange();
  }

  /** The answer is not wanted any more. */
  interrupt(conversation: Conversation, by: 'text' | 'button' | 'command'): void {
    const isExpected = this.isAnswering || this.isAnswerDue;
    this.silence(by);
    this.isAnswerDue = false;
    if (!isExpected) return;
    conversation.cancel().catch((error: unknown) => this.report(error, conversation));
  }

  silence(by: string): void {
    for (const responseId of this.replies.silence()) this.event('interrupted', { responseId, by });
  }

  /** What was being said is lost with its connection. An answer that had begun is due again. */
  breakOff(): void {
    this.replies.cut();
    this.#transcripts.end(true);
    this.isAnswerDue ||= this.isAnswering;
    this.#answering.clear();
    this.calls.clear();
    this.#isUserSpeaking = false;
  }

  close(): void {
    this.replies.close();
  }

  event(event: string, payload: Record<string, unknown>): void {
    this.#host.send(EVENTS, { ...this.origin, event, payload });
  }

  report(error: unknown, conversation: Conversation): void {
    // Whatever fails because a connection is over is told of once.
    if (this.#options.conversation() === conversation) this.#host.report(error, this.origin);
  }

  onEvent(event: ConversationEvent, conversation: Conversation): void {
    const { touch, onChange } = this.#options;
    switch (event.type) {
      case 'speech-started':
        this.#isUserSpeaking = true;
        this.isAnswerDue = false;
        touch();
        this.event('speech-started', { atMs: event.atMs });
        if (this.#host.fixed.canInterrupt) this.silence('speech');
        onChange();
        return;
      case 'speech-stopped':
        this.#isUserSpeaking = false;
        touch();
        this.event('speech-stopped', { atMs: event.atMs });
        this.endTurn();
        return;
      case 'response-started':
        this.#answering.add(event.responseId);
        this.event('answer-started', { responseId: event.responseId });
        onChange();
        return;
      case 'audio':
        this.replies.push(event, this.#sinceTurnMs);
        return;
      case 'input-transcript':
        this.#transcripts.heard(event);
        return;
      case 'transcript':
        this.#transcripts.said(event);
        return;
      case 'tool-call':
        this.#onToolCall(event, conversation);
        return;
      case 'tool-result': {
        const { callId, name, error } = event;
        this.calls.take(callId);
        const isAnswered = error === undefined;
        this.event('tool-result', { callId, name, isAnswered, code: error?.code });
        return;
      }
      case 'response-done':
        this.#onResponseDone(event);
        return;
      case 'session-ending':
        this.event('session-ending', { remainingMs: event.remainingMs });
        return;
      case 'session-renewed': {
        const { refilledItems: rememberedItems, lostItems } = event;
        this.replies.cut();
        this.event('session-renewed', { rememberedItems, lostItems });
        return;
      }
      case 'error':
        this.report(event.error, conversation);
        return;
      case 'committed':
      case 'item':
      case 'session-updated':
      case 'thinking':
      case 'unknown':
    }
  }

  #onToolCall(
    event: Extract<ConversationEvent, { type: 'tool-call' }>,
    conversation: Conversation,
  ): void {
    const { callId, name } = event;
    this.#options.touch();
    const args = this.calls.open(event);
    if (args === undefined) {
      // The model can try again; a flow could do nothing with it.
      conversation.answerToolCall(callId, { error: 'The arguments are no JSON.' });
      return;
    }
    const call = { name, call_id: callId, arguments: args };
    this.#host.send(TOOLS, { ...this.origin, payload: args, ...call });
  }

  #onResponseDone({ response }: Extract<ConversationEvent, { type: 'response-done' }>): void {
    const { id: responseId, status, audioMs, interrupted, firstAudioMs, usage } = response;
    this.#options.touch();
    this.#answering.delete(responseId);
    this.isAnswerDue = this.calls.size > 0;
    this.replies.end(response, this.#sinceTurnMs);
    this.#transcripts.end(interrupted || status === 'cancelled');
    this.event('answer-done', { responseId, status, audioMs, interrupted, firstAudioMs, usage });
    if (status === 'failed') this.#host.report(answerFailed(status), this.origin);
    this.#options.onChange();
  }

  #onHeard(reply: HeardReply, items: readonly HeardItem[]): void {
    this.event('heard', { ...reply });
    const conversation = this.#options.conversation();
    if (conversation === undefined) return;
    for (const { itemId, heardMs } of items) {
      try {
        conversation.truncate(itemId, heardMs);
      } catch {
        // It was said in a connection before this one.
      }
    }
  }

  get #sinceTurnMs(): number | undefined {
    const from = this.#turnEndedAtMs;
    return from === undefined ? undefined : Math.round(this.#host.clock.now() - from);
  }
}
