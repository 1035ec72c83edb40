import { concatSamples, encodeBase64, encodePcm16 } from '@stepvoice/core/audio';
import { CHAT_AUDIO_LIMIT, characterCount } from '@stepvoice/core/protocol';
import type { WireChatRequest } from '@stepvoice/core/protocol';
import { encodeWhole } from '../codecs/index.ts';
import { RecognizerError } from '../ear/recognizer.ts';
import { ODD_PIECE_BYTES } from '../faults/fault.ts';
import { answerJson } from '../http/answer.ts';
import { ApiError } from '../http/api-error.ts';
import { EventStream } from '../http/event-stream.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJsonObject } from '../http/request-body.ts';
import { MindFailure } from '../mind/mind.ts';
import type { MindEvent } from '../mind/mind.ts';
import { createWireId } from '../wire-id.ts';
import { CHAT_CHUNKS } from './chat-chunk.ts';
import type { ChatChunk, ChatDelta, ChatToolCall, ChatUsage } from './chat-chunk.ts';
import { ChatReply } from './chat-reply.ts';
import { isSpoken, readChatRequest, refuseIssues } from './chat-request.ts';
import { decodeSounds } from './message-sounds.ts';
import { toMindRequest } from './mind-request.ts';
import { SentenceBuffer } from './sentence-buffer.ts';
import { countSoundTokens, countTokens } from './tokens.ts';

/** What the sounds of a request may take, and a mebibyte for everything else in it. */
const LARGEST_BODY_BYTES = CHAT_AUDIO_LIMIT + 1024 * 1024;
const SAMPLE_RATE = 24_000;
/** Sound of one chunk; odd, for a client may not take a chunk to end with a sample. */
const CHUNK_BYTES = 8191;

/** An accepted request with what is said to it. */
type ChatOrder = {
  request: WireChatRequest;
  reply: ChatReply;
  promptTokens: number;
  id: string;
};

/** Answers `POST /chat/completions`, whole or as a stream. */
export async function answerChat(exchange: Exchange): Promise<void> {
  const body = await readJsonObject(exchange, { maxBytes: LARGEST_BODY_BYTES });
  try {
    const order = await accept(exchange, body);
    return await (order.request.stream === true
      ? answerChunks(exchange, order)
      : answerWhole(exchange, order));
  } catch (error) {
    throw toApiError(error);
  }
}

async function accept(exchange: Exchange, body: Record<string, unknown>): Promise<ChatOrder> {
  const { context, record, signal } = exchange;
  const request = readChatRequest(body, record.plan);
  record.model = request.model;
  const sounds = await decodeSounds(request, signal);
  refuseIssues(
    request,
    sounds.map(({ described }) => described),
  );
  if (isSpoken(request)) {
    record.voice = request.audio?.voice;
    record.format = request.audio?.format;
    record.sampleRate = SAMPLE_RATE;
  }
  const thought = await toMindRequest(request, sounds, context.ear, signal);
  const soundTokens = sounds.map(({ described }) => countSoundTokens(described.seconds ?? 0));
  const promptTokens = [
    ...thought.turns.map(({ text }) => countTokens(text)),
    ...soundTokens,
  ].reduce((sum, count) => sum + count, 0);
  const id = createWireId(context.clock.now());
  return { request, reply: new ChatReply(context.mind, thought, request), promptTokens, id };
}

async function answerWhole(exchange: Exchange, order: ChatOrder): Promise<void> {
  const { context } = exchange;
  const { request, reply } = order;
  const whole = { text: '', thinking: '' };
  const calls: ChatToolCall[] = [];
  for await (const event of reply) {
    if (event.type === 'call') calls.push(toToolCall(event, calls.length));
    else whole[event.type] += event.text;
  }
  const isVoiced = isSpoken(request) && whole.text !== '';
  const message = {
    role: 'assistant',
    ...(isVoiced
      ? { audio: { data: await speakWhole(exchange, request, whole.text), transcript: whole.text } }
      : { content: whole.text === '' && calls.length > 0 ? null : whole.text }),
    ...(whole.thinking !== '' && toReasoning(request, whole.thinking)),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  // The documented sample says `null` beside calls; clients of other services wait for the word.
  const finishReason = context.strict && calls.length > 0 ? null : reply.finishReason;
  return answerJson(exchange, 200, {
    id: order.id,
    object: 'chat.completion',
    created: Math.floor(context.clock.now() / 1000),
    model: request.model,
    choices: indexes(request).map((index) => ({
      index,
      message,
      finish_reason: finishReason,
      logprobs: null,
    })),
    usage: {
      ...toUsage(order),
      completion_tokens_details: null,
      prompt_tokens_details: null,
    },
  });
}

async function answerChunks(exchange: Exchange, order: ChatOrder): Promise<void> {
  const { request, reply } = order;
  const voice = isSpoken(request) ? new ChatVoice(exchange, request) : undefined;
  // What goes wrong before the first word is still answered with a status.
  const events = await begin(reply);
  const writer = new ChunkWriter(exchange, order);
  await writer.open();
  let callCount = 0;
  try {
    for await (const event of events) {
      if (event.type === 'call') {
        await writer.send({ role: '', tool_calls: [toToolCall(event, callCount)] });
        callCount += 1;
      } else if (event.type === 'thinking') {
        await writer.send({ role: '', ...toReasoning(request, event.text) });
      } else if (voice === undefined) await writer.send({ role: '', content: event.text });
      else for await (const delta of voice.say(event.text)) await writer.send(delta);
    }
    if (voice !== undefined) for await (const delta of voice.finish()) await writer.send(delta);
  } catch (error) {
    const failure = toApiError(error);
    if (!(failure instanceof ApiError)) throw error;
    return writer.fail(failure);
  }
  await writer.finish();
}

/** Writes chunks in the service's way: usage in each, and no reason to end before the last. */
class ChunkWriter {
  readonly #exchange: Exchange;
  readonly #order: ChatOrder;
  readonly #stream: EventStream<ChatChunk>;

  constructor(exchange: Exchange, order: ChatOrder) {
    this.#exchange = exchange;
    this.#order = order;
    this.#stream = new EventStream(exchange, CHAT_CHUNKS);
  }

  /** Sends the chunk that says nothing but whose turn it is. */
  async open(): Promise<void> {
    await this.#stream.open();
    const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cached_tokens: 0 };
    const chunk = this.#chunk({ role: 'assistant', content: '' }, '');
    await this.#stream.send({ ...chunk, created: 0, usage: nothing });
  }

  send(delta: ChatDelta): Promise<void> {
    return this.#stream.send(this.#chunk(delta, ''));
  }

  async finish(): Promise<void> {
    const { finishReason } = this.#order.reply;
    await this.#stream.finish(this.#chunk({ role: '', content: '' }, finishReason));
  }

  /** Says what went wrong in the middle; nothing follows it. */
  async fail({ message, type }: ApiError): Promise<void> {
    await this.#stream.send({ error: { message, type } });
    await this.#exchange.breakOff({ kind: 'cut', how: 'end' });
  }

  #chunk(delta: ChatDelta, finishReason: string) {
    const { request, id } = this.#order;
    return {
      id,
      object: 'chat.completion.chunk' as const,
      created: Math.floor(this.#exchange.context.clock.now() / 1000),
      model: request.model,
      choices: indexes(request).map((index) => ({ index, delta, finish_reason: finishReason })),
      usage: toUsage(this.#order),
    };
  }
}

/** Speaks a reply while it is being written, sentence by sentence. */
class ChatVoice {
  readonly #exchange: Exchange;
  readonly #request: WireChatRequest;
  readonly #sentences = new SentenceBuffer();

  constructor(exchange: Exchange, request: WireChatRequest) {
    this.#exchange = exchange;
    this.#request = request;
  }

  async *say(text: string): AsyncGenerator<ChatDelta> {
    for (const sentence of this.#sentences.push(text)) yield* this.#speak(sentence);
  }

  async *finish(): AsyncGenerator<ChatDelta> {
    const rest = this.#sentences.flush();
    if (rest !== '') yield* this.#speak(rest);
  }

  async *#speak(sentence: string): AsyncGenerator<ChatDelta> {
    const { faults } = this.#exchange;
    const step = faults.get('odd-splits') === undefined ? CHUNK_BYTES : ODD_PIECE_BYTES;
    yield { role: '', audio: { transcript: sentence } };
    for await (const samples of speak(this.#exchange, this.#request, sentence)) {
      const bytes = encodePcm16(samples);
      for (let offset = 0; offset < bytes.length; offset += step) {
        const data = encodeBase64(bytes.subarray(offset, offset + step));
        yield { role: '', audio: { data } };
      }
    }
  }
}

async function speakWhole(
  exchange: Exchange,
  request: WireChatRequest,
  text: string,
): Promise<string> {
  const parts: Int16Array[] = [];
  for await (const samples of speak(exchange, request, text)) parts.push(samples);
  return encodeBase64(await encodeWhole('wav', concatSamples(parts), SAMPLE_RATE));
}

async function* speak(
  { context, record, signal }: Exchange,
  { audio }: WireChatRequest,
  text: string,
): AsyncGenerator<Int16Array> {
  context.ledger.accepted(record, characterCount(text));
  const speech = context.engine.synthesize({
    text,
    voice: audio?.voice ?? '',
    sampleRate: SAMPLE_RATE,
    directives: false,
    signal,
  });
  for await (const { samples } of speech) {
    context.ledger.spoken(record, samples.length / SAMPLE_RATE);
    yield samples;
  }
}

/** Waits for the first event and gives it back in front of the others. */
async function begin(reply: AsyncIterable<MindEvent>): Promise<AsyncIterable<MindEvent>> {
  const events = reply[Symbol.asyncIterator]();
  const first = await events.next();
  async function* all(): AsyncGenerator<MindEvent> {
    try {
      for (let next = first; next.done !== true; next = await events.next()) yield next.value;
    } finally {
      await events.return?.();
    }
  }
  return all();
}

function toToolCall(event: MindEvent & { type: 'call' }, index: number): ChatToolCall {
  const { callId, name, arguments: args } = event;
  return { id: callId, type: 'function', index, function: { name, arguments: args } };
}

function toReasoning(request: WireChatRequest, text: string): ChatDelta {
  return request.reasoning_format === 'deepseek-style'
    ? { reasoning_content: text }
    : { reasoning: text };
}

/** All answers of one request are the same. */
function indexes({ n = 1 }: WireChatRequest): number[] {
  return Array.from({ length: n }, (_, index) => index);
}

function toUsage({ reply, promptTokens, request: { n = 1 } }: ChatOrder): ChatUsage {
  const completion = reply.tokens * n;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    cached_tokens: 0,
  };
}

/** What stands behind the emulator and fails is a bad gateway. */
function toApiError(error: unknown): unknown {
  if (error instanceof MindFailure) return new ApiError(502, 'upstream_failed', error.message);
  if (error instanceof RecognizerError)
    return new ApiError(502, 'recognizer_failed', error.message);
  return error;
}
