import { DEFAULT_CHAT_MODEL, StepAudio, StepAudioError } from '@stepvoice/core';
import type { ChatCallRecord, ChatMessage, ChatTool, Fetch } from '@stepvoice/core';
import { findModel } from '@stepvoice/core/protocol';
import { isRecord } from '../http/request-body.ts';
import { EmulatorOptionError } from '../options.ts';
import { MindFailure } from './mind.ts';
import type { Mind, MindEvent, MindRequest, MindTool, MindTurn } from './mind.ts';

/** A language model that thinks in place of the emulator's rules. */
export type UpstreamOptions = {
  /** An OpenAI-compatible address: `http://127.0.0.1:11434/v1`, or that of its `chat/completions` itself. */
  url: string;
  /** What to ask for there; default the name the client sent, and `stepaudio-2.5-chat` for a conversation. */
  model?: string | undefined;
  /** Default none. Beyond this machine it is sent over https only. */
  apiKey?: string | undefined;
  /** How long to wait for the first word, and between two; default 60 000. */
  timeoutMs?: number | undefined;
};

const CHAT_PATH = '/chat/completions';
const TIMEOUT_MS = 60_000;

/** @throws {EmulatorOptionError} for an address or a key that cannot be used. */
export function createUpstreamMind(options: UpstreamOptions): Mind & { close(): Promise<void> } {
  const client = createClient(options);
  return {
    close: () => client.close(),
    async *reply(request: MindRequest): AsyncGenerator<MindEvent> {
      const { signal } = request;
      const model = options.model ?? askedModel(request.model);
      const { tools } = request;
      try {
        const stream = client.chat.stream({
          model,
          messages: toMessages(request.turns),
          ...(tools.length > 0 && { tools: tools.map(toTool), toolChoice: request.toolChoice }),
          signal,
        });
        for await (const event of stream) {
          if (event.type === 'text') yield { type: 'text', text: event.delta };
          else if (event.type === 'reasoning') yield { type: 'thinking', text: event.delta };
          else if (event.type === 'tool-call') {
            yield { type: 'call', callId: event.id, name: event.name, arguments: event.arguments };
          }
        }
      } catch (error) {
        signal.throwIfAborted();
        if (!StepAudioError.isInstance(error)) throw error;
        throw new MindFailure(`the upstream model did not answer: ${error.message}`, {
          cause: error,
        });
      }
    },
  };
}

function createClient({ url, apiKey, timeoutMs = TIMEOUT_MS }: UpstreamOptions): StepAudio {
  const address = toChatAddress(url);
  // The client knows the service's paths only; upstream may have any.
  const send: Fetch = (_, init) => fetch(address, init);
  try {
    return new StepAudio({
      apiKey,
      baseURL: new URL(address).origin,
      // Without a key there is nothing that must not be read on the way.
      allowInsecure: apiKey === undefined,
      timeouts: { firstByteMs: timeoutMs, idleMs: timeoutMs },
      fetch: send,
    });
  } catch (error) {
    if (!StepAudioError.isInstance(error) && !(error instanceof RangeError)) throw error;
    throw new EmulatorOptionError(`upstream cannot be used: ${error.message}`, { cause: error });
  }
}

function toChatAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.hash !== '') {
    // It may hold a password.
    throw new EmulatorOptionError(
      'upstream must be an http or https address without a user, such as http://127.0.0.1:11434/v1.',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (!path.endsWith(CHAT_PATH)) url.pathname = `${path === '' ? '/v1' : path}${CHAT_PATH}`;
  return url.href;
}

/** A model that only holds conversations would be refused. */
function askedModel(model: string): string {
  const row = findModel(model);
  return row !== undefined && row.chat === undefined ? DEFAULT_CHAT_MODEL : model;
}

function toTool({ name, description, parameters }: MindTool): ChatTool {
  return { name, description, ...(isRecord(parameters) && { parameters }) };
}

/** Results of tools must stand behind a message that calls them, which the turns do not hold. */
function toMessages(turns: readonly MindTurn[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const [index, turn] of turns.entries()) {
    const { role, text } = turn;
    if (role === 'tool') {
      if (turns[index - 1]?.role !== 'tool') callBefore(messages, callsFrom(turns, index));
      messages.push({ role, callId: callIdOf(turn, index), content: text });
    } else if (role === 'user') messages.push({ role, content: text || '…' });
    else if (text !== '') messages.push({ role, content: text });
  }
  return messages;
}

function callBefore(messages: ChatMessage[], toolCalls: readonly ChatCallRecord[]): void {
  const last = messages.at(-1);
  if (last?.role === 'assistant') messages[messages.length - 1] = { ...last, toolCalls };
  else messages.push({ role: 'assistant', toolCalls });
}

function callsFrom(turns: readonly MindTurn[], start: number): ChatCallRecord[] {
  const calls: ChatCallRecord[] = [];
  for (let index = start; turns[index]?.role === 'tool'; index += 1) {
    const turn = turns[index] as MindTurn;
    calls.push({
      id: callIdOf(turn, index),
      name: turn.toolName ?? 'tool',
      arguments: turn.callArguments ?? '{}',
    });
  }
  return calls;
}

function callIdOf(turn: MindTurn, index: number): string {
  return turn.callId === undefined || turn.callId === '' ? `call_${index}` : turn.callId;
}
