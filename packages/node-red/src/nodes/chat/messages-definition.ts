import type { MessageField, OutputDefinition } from '../../definition/node-definition.ts';
import { AUDIO_FIELDS } from '../../definition/palette.ts';

export const CHAT_INPUT_FIELDS: readonly MessageField[] = [
  {
    name: 'payload',
    type: 'string | buffer',
    text: {
      en: 'The prompt. With `msg.call_id`, what a tool gives: text, or anything JSON can say.',
      zh: '提问。带有 `msg.call_id` 时为工具的结果：文本或可转为 JSON 的值。',
    },
  },
  {
    name: 'messages',
    type: 'array',
    text: {
      en: 'A whole conversation in place of the prompt: `{ role, content }` each, oldest first. It is not remembered.',
      zh: '代替提问的完整对话：每项为 `{ role, content }`，最早的在前。不会被记忆。',
    },
    optional: true,
  },
  {
    name: 'audio',
    type: 'object',
    text: {
      en: 'Of raw sound: `format: "pcm"` and its `sampleRate`.',
      zh: '原始声音需要：`format: "pcm"` 和 `sampleRate`。',
    },
    optional: true,
  },
  {
    name: 'sessionId',
    type: 'string',
    text: {
      en: 'Whose conversation it is. Sessions are answered side by side.',
      zh: '所属的会话。不同会话同时进行。',
    },
    optional: true,
  },
  {
    name: 'call_id',
    type: 'string',
    text: { en: 'Which tool call this message answers.', zh: '此消息所应答的工具调用。' },
    optional: true,
  },
];

const PARTS: MessageField = {
  name: 'parts',
  type: 'object',
  text: {
    en: 'On each message of a stream, so that a Join node rebuilds the whole. The last is empty and has `complete: true`.',
    zh: '流中每条消息都带有，Join 节点可据此还原。最后一条为空，并带有 `complete: true`。',
  },
  optional: true,
};

export const CHAT_OUTPUTS: readonly OutputDefinition[] = [
  {
    label: { en: 'text', zh: '文本' },
    text: { en: 'The answer.', zh: '回答。' },
    fields: [
      {
        name: 'payload',
        type: 'string | object',
        text: {
          en: 'The answer or a piece of it; an object for JSON.',
          zh: '回答或其中一段；JSON 时为对象。',
        },
      },
      PARTS,
      {
        name: 'reasoning',
        type: 'string',
        text: {
          en: 'What the model thought, where it tells; on the last message.',
          zh: '模型的思考过程（如有），位于最后一条消息。',
        },
        optional: true,
      },
      {
        name: 'stepvoice',
        type: 'object',
        text: {
          en: 'How it came about: `model`, `requestId`, `firstTextMs`, `totalMs`, `usage`, `finishReason`.',
          zh: '生成信息：`model`、`requestId`、`firstTextMs`、`totalMs`、`usage`、`finishReason`。',
        },
      },
    ],
  },
  {
    label: { en: 'audio', zh: '音频' },
    text: {
      en: 'The spoken answer, where the model speaks: one WAV, or PCM as it comes.',
      zh: '模型的语音回答：一个 WAV，或边说边输出的 PCM。',
    },
    fields: [
      { name: 'payload', type: 'buffer', text: { en: 'The sound.', zh: '声音。' } },
      PARTS,
      ...AUDIO_FIELDS,
    ],
  },
  {
    label: { en: 'tool calls', zh: '工具调用' },
    text: {
      en: 'What the model asks your flow to do. Send the result back to this node with the same `msg.call_id`.',
      zh: '模型请求流程执行的操作。请将结果带着相同的 `msg.call_id` 发回此节点。',
    },
    fields: [
      { name: 'payload', type: 'object', text: { en: 'The arguments.', zh: '参数。' } },
      { name: 'name', type: 'string', text: { en: 'Of the tool.', zh: '工具名称。' } },
      { name: 'call_id', type: 'string', text: { en: 'Of the call.', zh: '调用的 ID。' } },
      {
        name: 'arguments',
        type: 'object',
        text: { en: 'The arguments, once more.', zh: '参数（与 payload 相同）。' },
      },
    ],
  },
  {
    label: { en: 'events', zh: '事件' },
    text: { en: 'What happens, with its times.', zh: '过程事件及其时间。' },
    fields: [
      {
        name: 'event',
        type: 'string',
        text: {
          en: '`start`, `first-text`, `first-audio`, `sentence`, `tool-result`, `late-answer`, `done`, `cancelled`, `dropped`.',
          zh: '`start`、`first-text`、`first-audio`、`sentence`、`tool-result`、`late-answer`、`done`、`cancelled`、`dropped`。',
        },
      },
      {
        name: 'payload',
        type: 'object',
        text: {
          en: 'What there is to say of it: `model` at the start; `firstTextMs`; `ttfaMs`; `index` and `text` of a sentence; `name`, `call_id` and `isLate` of a tool’s answer; in the end what `msg.stepvoice` says.',
          zh: '事件详情：开始时为 `model`；`firstTextMs`；`ttfaMs`；句子的 `index` 和 `text`；工具结果的 `name`、`call_id`、`isLate`；结束时为 `msg.stepvoice` 的内容。',
        },
      },
    ],
  },
];
