import type {
  WireChatMessage,
  WireChatPart,
  WireChatRequest,
  WireChatRequestCall,
  WireChatTool,
  WireSpeechTokens,
} from '../protocol/chat-request.ts';
import { CHAT_AUDIO_LIMIT, findChatRequestIssues } from '../protocol/chat-rules.ts';
import type { ChatSound } from '../protocol/chat-rules.ts';
import { findModel } from '../protocol/models.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type {
  ChatCallRecord,
  ChatMessage,
  ChatOptions,
  ChatPart,
  ChatSpeechTokens,
  ChatTool,
} from './chat-options.ts';
import { describeSound, toDataUrl, toMessageSound } from './message-sound.ts';
import { toCodeText } from './speech-token-reader.ts';

/** Served under both plans. */
export const DEFAULT_CHAT_MODEL = 'stepaudio-2.5-chat';
/** Where speech is asked for, which the other does not give. */
export const DEFAULT_SPEAKING_MODEL = 'step-audio-2';

const OPTIONS = [
  'messages',
  'model',
  'modalities',
  'audio',
  'tools',
  'toolChoice',
  'maxTokens',
  'temperature',
  'topP',
  'frequencyPenalty',
  'stop',
  'responseFormat',
  'reasoningEffort',
  'extraBody',
  'signal',
] as const satisfies (keyof ChatOptions)[];

/** What the wire calls an option. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  tool_choice: 'toolChoice',
  max_tokens: 'maxTokens',
  top_p: 'topP',
  frequency_penalty: 'frequencyPenalty',
  response_format: 'responseFormat',
  reasoning_effort: 'reasoningEffort',
  extra_body: 'extraBody',
};

export type ChatCall = {
  request: WireChatRequest;
  /** Every text in it: what no error may repeat. */
  secrets: readonly string[];
};

/**
 * The body of `POST /chat/completions`.
 *
 * @throws {ValidationError} for what the service would refuse, and for an option that does not exist.
 */
export function toChatCall(options: ChatOptions, stream: boolean): ChatCall {
  refuseUnknownOptions(options, OPTIONS, PUBLIC_NAMES);
  refuseNull(options);
  const { messages, audio, modalities, tools, toolChoice, extraBody } = options;
  const model =
    options.model ?? (audio === undefined ? DEFAULT_CHAT_MODEL : DEFAULT_SPEAKING_MODEL);
  const translator = new MessageTranslator(messages);
  const wireMessages = translator.translate();
  const own: WireChatRequest = {
    model,
    messages: wireMessages,
    ...toWireModalities(model, modalities, audio),
    ...(audio === undefined
      ? {}
      : { audio: { voice: audio.voice, format: audio.format ?? (stream ? 'pcm' : 'wav') } }),
    stream,
    ...(tools === undefined ? {} : { tools: toList(tools, 'tools').map(toWireTool) }),
    ...(toolChoice === undefined ? {} : { tool_choice: toWireChoice(toolChoice) }),
    ...definedOnly({
      max_tokens: options.maxTokens,
      temperature: options.temperature,
      top_p: options.topP,
      frequency_penalty: options.frequencyPenalty,
      stop: options.stop as string | string[] | undefined,
      response_format: options.responseFormat,
      reasoning_effort: options.reasoningEffort,
    }),
  };
  refuseFirst(findChatRequestIssues(own, translator.sounds));
  refuseOverlap(extraBody, own);
  return { request: { ...extraBody, ...own }, secrets: translator.texts };
}

/** Translates the messages, and gathers what has to be known about all of them. */
class MessageTranslator {
  readonly sounds: ChatSound[] = [];
  readonly texts: string[] = [];
  readonly #messages: readonly ChatMessage[];
  #soundLength = 0;

  constructor(messages: readonly ChatMessage[]) {
    this.#messages = toList(messages, 'messages');
  }

  translate(): WireChatMessage[] {
    return this.#messages.map((message, index) => this.#toWire(message, `messages[${index}]`));
  }

  #toWire(message: ChatMessage, path: string): WireChatMessage {
    if (typeof message !== 'object' || message === null) {
      throw toValidationError({
        path,
        value: undefined,
        allowed: 'an object with role and content',
      });
    }
    switch (message.role) {
      case 'user': {
        const { content } = message;
        if (!Array.isArray(content)) return { role: 'user', content: this.#text(content, path) };
        const parts = content as readonly ChatPart[];
        return {
          role: 'user',
          content: parts.map((part, index) => this.#toPart(part, `${path}.content[${index}]`)),
        };
      }
      case 'assistant': {
        const { content, toolCalls, speechTokens } = message;
        const calls = toList(toolCalls ?? [], `${path}.toolCalls`);
        return {
          role: 'assistant',
          content: content == null ? null : this.#text(content, path),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((call, at) => this.#toCall(call, `${path}.toolCalls[${at}]`)),
              }),
          ...(speechTokens == null
            ? {}
            : { tts_content: this.#toTokens(speechTokens, `${path}.speechTokens`) }),
        };
      }
      case 'tool': {
        const { callId, content } = message;
        return { role: 'tool', tool_call_id: callId, content: this.#text(content, path) };
      }
      case 'system':
      default: {
        const { role, content } = message as { role: string; content: string };
        return { role, content: this.#text(content, path) };
      }
    }
  }

  #toPart(part: ChatPart, path: string): WireChatPart {
    if (part?.type === 'text') {
      return { type: 'text', text: this.#text(part.text, path, 'text') };
    }
    if (part?.type !== 'audio') {
      const { type: value } = (part ?? {}) as { type?: unknown };
      throw toValidationError({ path: `${path}.type`, value, allowed: '"text" or "audio"' });
    }
    const sound = toMessageSound(part.audio, `${path}.audio`);
    const described = describeSound(sound, `${path}.audio`);
    this.sounds.push(described);
    this.#soundLength += described.length;
    // What is refused for its length anyway need not be encoded.
    const data = this.#soundLength > CHAT_AUDIO_LIMIT ? '' : toDataUrl(sound);
    return { type: 'input_audio', input_audio: { data } };
  }

  #toCall(call: ChatCallRecord, path: string): WireChatRequestCall {
    const { id, name } = (call ?? {}) as ChatCallRecord;
    if (typeof id !== 'string' || typeof name !== 'string') {
      throw toValidationError({ path, value: undefined, allowed: 'a call with id and name' });
    }
    const text = this.#text(call.arguments, path, 'arguments');
    return { id, type: 'function', function: { name, arguments: text } };
  }

  #toTokens({ text, codes }: ChatSpeechTokens, path: string): WireSpeechTokens {
    const tts_text = this.#text(text, path, 'text');
    return { tts_text, tts_audio: toCodeText(toList(codes, `${path}.codes`)) };
  }

  #text(text: unknown, path: string, field = 'content'): string {
    if (typeof text !== 'string') {
      const allowed = 'a string';
      throw toValidationError({ path: `${path}.${field}`, value: undefined, allowed });
    }
    this.texts.push(text);
    return text;
  }
}

/** End-to-end models must be told; servers of other kinds may not know the field. */
function toWireModalities(
  model: string,
  modalities: ChatOptions['modalities'],
  audio: ChatOptions['audio'],
): { modalities?: string[] } {
  if (modalities !== undefined) return { modalities: [...toList(modalities, 'modalities')] };
  if (audio !== undefined) return { modalities: ['text', 'audio'] };
  return findModel(model) === undefined ? {} : { modalities: ['text'] };
}

function toWireTool(tool: ChatTool, index: number): WireChatTool {
  if (typeof tool?.name !== 'string') {
    throw toValidationError({
      path: `tools[${index}].name`,
      value: undefined,
      allowed: 'a string',
    });
  }
  const { name, description, parameters = { type: 'object', properties: {} } } = tool;
  return {
    type: 'function',
    function: { name, ...(description === undefined ? {} : { description }), parameters },
  };
}

function toWireChoice(
  choice: NonNullable<ChatOptions['toolChoice']>,
): NonNullable<WireChatRequest['tool_choice']> {
  if (typeof choice === 'string') return choice;
  return { type: 'function', function: { name: choice.name } };
}

function toList<T>(list: readonly T[], path: string): readonly T[] {
  if (Array.isArray(list)) return list;
  throw toValidationError({ path, value: undefined, allowed: 'a list' });
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function definedOnly<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

/** Those who leave an option out by `null` would otherwise meet an error of the language. */
function refuseNull(options: ChatOptions): void {
  for (const [path, value] of Object.entries(options)) {
    if (value !== null) continue;
    throw toValidationError({ path, value, allowed: 'a value, or to be left out' });
  }
}

function refuseOverlap(extraBody: ChatOptions['extraBody'], own: object): void {
  for (const key of Object.keys(extraBody ?? {})) {
    if (!Object.hasOwn(own, key)) continue;
    throw toValidationError({
      path: `extraBody.${key}`,
      value: undefined,
      allowed: 'fields that no other option says',
      instead: PUBLIC_NAMES[key] ?? key,
    });
  }
}

function refuseFirst(issues: ReturnType<typeof findChatRequestIssues>): void {
  const [first, ...others] = issues.map((issue) => ({ ...issue, path: toPublicPath(issue.path) }));
  if (first === undefined) return;
  throw toValidationError(
    first,
    others.map(({ path }) => path),
  );
}

function toPublicPath(path: string): string {
  const [, head = path, rest = ''] = /^([^.[]+)(.*)$/.exec(path) ?? [];
  const inside = rest
    .replace('.tool_call_id', '.callId')
    .replace('.function.name', '.name')
    .replace('.input_audio', '.audio');
  return (PUBLIC_NAMES[head] ?? head) + inside;
}
