import { decodeBase64 } from '../audio/base64.ts';
import { ProtocolError } from '../errors.ts';
import { isFailure } from '../net/call-errors.ts';
import type { EventDecoder } from '../net/event-call.ts';
import { readChatAnswer } from '../protocol/chat-answer.ts';
import type { WireChatAnswer, WireChatDelta, WireChatUsage } from '../protocol/chat-answer.ts';
import { SSE_DONE } from '../protocol/speech-events.ts';
import type { ChatEvent, ChatUsage } from './chat-events.ts';
import { SpeechTokenReader } from './speech-token-reader.ts';
import { StreamedSound } from './streamed-sound.ts';
import { ToolCallAssembler } from './tool-call-assembler.ts';

/** Turns the chunks of a streamed answer into what the caller gets. */
export class ChatDecoder implements EventDecoder {
  readonly #emit: (event: ChatEvent) => void;
  readonly #toError: (raw: unknown) => Error;
  readonly #calls = new ToolCallAssembler();
  readonly #sound = new StreamedSound();
  readonly #tokens = new SpeechTokenReader();
  #hasAnswer = false;
  #finishReason: string | undefined;
  #usage: ChatUsage | undefined;
  #isDone = false;

  /** @param toError the error for an event that reports a failure */
  constructor(emit: (event: ChatEvent) => void, toError: (raw: unknown) => Error) {
    this.#emit = emit;
    this.#toError = toError;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  push(data: string): void {
    if (data === SSE_DONE) {
      this.#finish();
      return;
    }
    const raw: unknown = JSON.parse(data);
    if (typeof raw === 'object' && raw !== null && isFailure(raw)) throw this.#toError(raw);
    const message = readChatAnswer(raw);
    if (message.type === 'chat') this.#pushChunk(message.answer);
    else this.#emit(message);
  }

  /** A stream may end without its marker, but not before it has said why or its calls are whole. */
  end(): void {
    if (this.#finishReason !== undefined || this.#calls.isComplete) this.#finish();
  }

  #pushChunk({ choices, usage }: WireChatAnswer): void {
    if (usage != null) this.#usage = toUsage(usage);
    for (const choice of choices ?? []) {
      // Others come only where more than one was asked for.
      if ((choice.index ?? 0) !== 0) continue;
      this.#hasAnswer = true;
      const delta = choice.delta ?? choice.message;
      if (delta != null) this.#pushDelta(delta);
      this.#finishReason = choice.finish_reason || this.#finishReason;
    }
  }

  #pushDelta(delta: WireChatDelta): void {
    const { audio, tts_content: tokens } = delta;
    this.#pushText('reasoning', reasoningOf(delta));
    this.#pushText('text', delta.content);
    this.#pushText('transcript', audio?.transcript);
    if (audio?.data) this.#pushSamples(this.#sound.push(decodeBase64(audio.data)));
    if (tokens != null) {
      const text = tokens.tts_text ?? '';
      const codes = this.#tokens.push(tokens.tts_audio ?? '');
      if (text !== '' || codes.length > 0) this.#emit({ type: 'speech-tokens', text, codes });
    }
    for (const fragment of delta.tool_calls ?? []) this.#calls.push(fragment);
  }

  #pushText(type: 'text' | 'reasoning' | 'transcript', delta: string | null | undefined): void {
    if (delta) this.#emit({ type, delta });
  }

  #pushSamples(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#emit({ type: 'audio', samples, sampleRate: this.#sound.sampleRate });
  }

  #finish(): void {
    if (!this.#hasAnswer) throw noAnswer();
    this.#isDone = true;
    this.#pushSamples(this.#sound.flush());
    for (const call of this.#calls.calls()) this.#emit({ type: 'tool-call', ...call });
    this.#emit({ type: 'done', finishReason: this.#finishReason, usage: this.#usage });
  }
}

export function noAnswer(requestId?: string): ProtocolError {
  return new ProtocolError('The service said that it was done, and had sent no answer.', {
    code: 'no_answer',
    requestId,
  });
}

/** The field depends on the request's `reasoning_format`; some servers fill both with the same. */
export function reasoningOf(delta: WireChatDelta): string | undefined {
  return delta.reasoning || delta.reasoning_content || undefined;
}

export function toUsage(usage: WireChatUsage): ChatUsage {
  return {
    inputTokens: usage.prompt_tokens ?? undefined,
    outputTokens: usage.completion_tokens ?? undefined,
    totalTokens: usage.total_tokens ?? undefined,
    cachedInputTokens:
      usage.cached_tokens ?? usage.prompt_tokens_details?.cached_tokens ?? undefined,
  };
}
