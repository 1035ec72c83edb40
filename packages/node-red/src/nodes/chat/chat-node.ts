import type {
  ChatMessage,
  ChatOptions,
  ChatToolCall,
  ChatUsage,
  StepAudio,
} from '@stepvoice/core/node';
import type { SettingsOf } from '../../definition/node-definition.ts';
import { hasSession } from '../../kit/action.ts';
import { loadCore } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { parseTools, type FlowTool } from '../../kit/parse-tools.ts';
import type { Call, NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { sessionKey } from '../../kit/session-key.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import { AnswerSender, EVENTS_OUTPUT, PROMPT_FIELDS, TOOLS_OUTPUT } from './answer-sender.ts';
import { ChatHistory } from './chat-history.ts';
import { gather, toChatMessages, toUserMessage } from './chat-input.ts';
import type { chatDefinition } from './definition.ts';
import { createContextHistory } from './history-store.ts';
import { parseJsonAnswer, systemText } from './json-answer.ts';
import { ToolCalls } from './tool-calls.ts';

export type ChatProperties = (typeof chatDefinition)['properties'];
type Settings = SettingsOf<ChatProperties>;

export function createChat(host: NodeHost<ChatProperties>): NodeBehaviour<ChatProperties> {
  const { history: remembered, historyMessages, historyCharacters, historyMinutes } = host.fixed;
  const limits = {
    maxMessages: historyMessages,
    maxCharacters: historyCharacters,
    idleMs: historyMinutes * 60_000,
  };
  const { node } = host;
  const store =
    remembered === 'context' ? createContextHistory(node.context().flow, node.id) : undefined;
  const history = new ChatHistory(limits, host.clock, store);
  const calls = new ToolCalls(host.clock);
  const forget = ({ message }: Call<ChatProperties>): void =>
    history.forget(hasSession(message) ? sessionKey(message) : undefined);
  const lanes = new JobLanes(host, {
    run: (job) => new ChatTurn(host, job, history, calls).run(),
    streamOf: (message) =>
      message.stepvoice?.stream === undefined ? undefined : streamPlace(message),
    command: (action, call) => {
      if (action !== 'forget') return false;
      forget(call);
      return true;
    },
    eventsOutput: EVENTS_OUTPUT,
    busyStatus: 'thinking',
  });
  return {
    async input(call) {
      const { message } = call;
      // An answer is what a job waits for: it cannot wait behind it.
      const answered = calls.answer(message);
      if (answered === 'late') {
        call.send(EVENTS_OUTPUT, { ...message, event: 'late-answer', payload: {} });
      }
      if (answered !== 'none') return;
      if (message.reset !== undefined && message.reset !== false) forget(call);
      await lanes.take(call);
    },
    close: () => lanes.close(),
  };
}

type Answer = {
  text: string;
  reasoning: string;
  toolCalls: ChatToolCall[];
  finishReason: string | undefined;
  usage: ChatUsage | undefined;
  requestId: string | undefined;
};

/** One prompt and all that it takes to answer it. */
class ChatTurn {
  readonly #host: NodeHost<ChatProperties>;
  readonly #job: Job<ChatProperties>;
  readonly #settings: Settings;
  readonly #history: ChatHistory;
  readonly #calls: ToolCalls;

  constructor(
    host: NodeHost<ChatProperties>,
    job: Job<ChatProperties>,
    history: ChatHistory,
    calls: ToolCalls,
  ) {
    this.#host = host;
    this.#job = job;
    this.#settings = job.settings;
    this.#history = history;
    this.#calls = calls;
  }

  async run(): Promise<void> {
    const { message, lane, signal } = this.#job;
    const settings = this.#settings;
    // A whole conversation brings its own past.
    const isWhole = message['messages'] !== undefined;
    const asked = isWhole ? toChatMessages(message['messages']) : [await this.#prompt()];
    const remembers = settings.history !== 'none' && !isWhole;
    const tools = parseTools(settings.tools);
    const client = await this.#host.client();
    const { DEFAULT_CHAT_MODEL, DEFAULT_SPEAKING_MODEL } = await loadCore();
    const model = settings.model ?? (settings.speech ? DEFAULT_SPEAKING_MODEL : DEFAULT_CHAT_MODEL);
    const sender = await AnswerSender.create(this.#host, this.#job, model);
    this.#job.event('start', { model });
    const turn: ChatMessage[] = [...asked];
    const open = remembers ? this.#history.begin(lane) : undefined;
    const earlier = open?.earlier ?? [];
    try {
      const answer = await this.#converse(client, { model, earlier, turn, tools, sender });
      const { requestId, usage, finishReason, reasoning } = answer;
      const json = settings.answer === 'json' ? parseJsonAnswer(answer.text) : undefined;
      const more: FlowMessage = reasoning === '' ? {} : { reasoning };
      sender.end({ model, requestId, usage, finishReason }, more, json);
      open?.keep(turn);
    } catch (error) {
      sender.cut();
      // What was heard of an answer that was interrupted is part of the conversation.
      if (signal.aborted && sender.text !== '') {
        open?.keep([...asked, { role: 'assistant', content: sender.text }]);
      }
      throw error;
    } finally {
      open?.end();
    }
  }

  async #prompt(): Promise<ChatMessage> {
    const { stream, message } = this.#job;
    if (stream === undefined) return toUserMessage(this.#settings.prompt, message.audio, 'prompt');
    const prompt = await gather(this.#job.messages(), this.#host.clock);
    return toUserMessage(prompt, message.audio, 'payload');
  }

  /** Asks, and asks again with what the tools have said, until there is an answer. Adds all of it to `turn`. */
  async #converse(
    client: StepAudio,
    parts: {
      model: string;
      earlier: readonly ChatMessage[];
      turn: ChatMessage[];
      tools: readonly FlowTool[];
      sender: AnswerSender;
    },
  ): Promise<Answer> {
    const { model, earlier, turn, tools, sender } = parts;
    const { maxToolRounds } = this.#settings;
    const system = systemText(this.#settings);
    const opening: ChatMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
    for (let round = 0; ; round += 1) {
      const answer = await this.#ask(client, sender, {
        ...this.#options(),
        model,
        messages: [...opening, ...earlier, ...turn],
        ...(tools.length === 0 ? {} : { tools }),
        // It has called often enough: now it has to say something.
        ...(tools.length > 0 && round >= maxToolRounds ? { toolChoice: 'none' } : {}),
      });
      const { text, toolCalls } = answer;
      if (toolCalls.length === 0) {
        if (text !== '') turn.push({ role: 'assistant', content: text });
        return answer;
      }
      if (round >= maxToolRounds) throw tooManyCalls(maxToolRounds);
      turn.push({
        role: 'assistant',
        content: text === '' ? null : text,
        toolCalls: toolCalls.map(({ id, name, arguments: given }) => ({
          id,
          name,
          arguments: given,
        })),
      });
      if (text !== '') sender.pushText('\n');
      sender.pause();
      const results = await Promise.all(toolCalls.map((call) => this.#call(call, tools)));
      turn.push(...results);
    }
  }

  #options(): Omit<ChatOptions, 'messages'> {
    const { speech, voice, maxTokens, temperature, topP, answer } = this.#settings;
    return {
      maxTokens,
      temperature,
      topP,
      signal: this.#job.signal,
      ...(speech ? { audio: { voice: voice ?? '' } } : {}),
      ...(answer === 'json' ? { responseFormat: { type: 'json_object' } } : {}),
    };
  }

  async #ask(client: StepAudio, sender: AnswerSender, options: ChatOptions): Promise<Answer> {
    const stream = client.chat.stream(options);
    const answer: Answer = {
      text: '',
      reasoning: '',
      toolCalls: [],
      finishReason: undefined,
      usage: undefined,
      requestId: undefined,
    };
    /** A model that speaks may write what it says, too. */
    let said: 'text' | 'transcript' | undefined;
    for await (const event of stream) {
      switch (event.type) {
        case 'text':
        case 'transcript':
          said ??= event.type;
          if (said !== event.type) break;
          answer.text += event.delta;
          sender.pushText(event.delta);
          break;
        case 'reasoning':
          answer.reasoning += event.delta;
          break;
        case 'audio':
          sender.pushSound(event.samples, event.sampleRate);
          break;
        case 'tool-call':
          answer.toolCalls.push(event);
          break;
        case 'done':
          answer.finishReason = event.finishReason;
          answer.usage = event.usage;
          break;
        case 'speech-tokens':
        case 'unknown':
      }
    }
    answer.requestId = stream.requestId;
    return answer;
  }

  /** Hands a call to the flow and waits for its answer. What goes wrong is told to the model. */
  async #call(
    { id, name, parsed }: ChatToolCall,
    tools: readonly FlowTool[],
  ): Promise<ChatMessage> {
    const failed = (error: string): ChatMessage => ({
      role: 'tool',
      callId: id,
      content: JSON.stringify({ error }),
    });
    if (!tools.some((tool) => tool.name === name)) return failed('There is no such tool.');
    if (!parsed.ok) return failed('The arguments are not a JSON object.');
    const { signal } = this.#job;
    // Of our own making: services number calls in each answer from the beginning.
    const callId = this.#host.RED.util.generateId();
    const timeoutMs = this.#settings.toolTimeoutSeconds * 1000;
    const waiting = this.#calls.wait(callId, { timeoutMs, signal });
    this.#job.send(TOOLS_OUTPUT, {
      ...PROMPT_FIELDS,
      stepvoice: undefined,
      payload: parsed.value,
      arguments: structuredClone(parsed.value),
      name,
      call_id: callId,
    });
    const content = await waiting;
    this.#job.event('tool-result', { name, call_id: callId, isLate: content === undefined });
    if (content === undefined) return failed('The tool did not answer in time.');
    return { role: 'tool', callId: id, content };
  }
}

function tooManyCalls(rounds: number): LocalizedError {
  return new LocalizedError(
    'too_many_tool_calls',
    {
      en: `The model called tools ${rounds} times in a row and still has no answer.`,
      zh: `模型连续调用工具 ${rounds} 次仍未给出回答。`,
    },
    { badge: 'serviceFailed' },
  );
}
