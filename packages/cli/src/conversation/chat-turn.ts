import { encodePcm16 } from '@stepvoice/core/audio';
import type { Chat, ChatMessage, ChatOptions, ChatUsage } from '@stepvoice/core/node';
import type { AudioSink } from '../output/audio-sink.ts';

export type ChatTurnOptions = {
  chat: Chat;
  request: Omit<ChatOptions, 'messages' | 'signal'>;
  messages: readonly ChatMessage[];
  /** Told of each piece of the answer, as it is to be read. */
  onText: (delta: string) => Promise<void>;
  /** Where the answer sounds, where it does. */
  sink: Pick<AudioSink, 'write'> | undefined;
  signal: AbortSignal;
};

export type ChatTurn = {
  text: string;
  reasoning: string;
  finishReason: string | undefined;
  usage: ChatUsage | undefined;
  requestId: string | undefined;
  /** Samples of the answer's sound. */
  samples: number;
};

/** The sound of a streamed answer, in Hz. */
export const CHAT_RATE = 24_000;

/**
 * One answer, as it is being made. What has come before a failure stays in `turn`.
 *
 * @param turn filled in as the answer comes.
 */
export async function answerTurn(turn: ChatTurn, options: ChatTurnOptions): Promise<void> {
  const { chat, request, messages, onText, sink, signal } = options;
  const stream = chat.stream({ ...request, messages, signal });
  let wrote = false;
  for await (const event of stream) {
    turn.requestId = stream.requestId;
    switch (event.type) {
      case 'text':
        wrote = true;
        turn.text += event.delta;
        await onText(event.delta);
        break;
      case 'transcript':
        // What is spoken is what is written, where both come.
        if (wrote) break;
        turn.text += event.delta;
        await onText(event.delta);
        break;
      case 'reasoning':
        turn.reasoning += event.delta;
        break;
      case 'audio':
        turn.samples += event.samples.length;
        await sink?.write(encodePcm16(event.samples));
        break;
      case 'done':
        turn.finishReason = event.finishReason;
        turn.usage = event.usage;
        break;
      case 'speech-tokens':
      case 'tool-call':
      case 'unknown':
    }
  }
}

export function createTurn(): ChatTurn {
  return {
    text: '',
    reasoning: '',
    finishReason: undefined,
    usage: undefined,
    requestId: undefined,
    samples: 0,
  };
}
