import type { OutputDefinition } from '../../definition/node-definition.ts';
import { AUDIO_FIELDS } from '../../definition/palette.ts';

export const realtimeOutputs: readonly OutputDefinition[] = [
  {
    label: { en: 'audio', zh: '音频' },
    text: {
      en: 'The answers as sound, and a command to fall silent (`msg.action` is `cancel`, without a payload) when one is interrupted.',
      zh: '回答的声音；被打断时发出静音命令（`msg.action` 为 `cancel`，没有 payload）。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer',
        text: { en: 'A piece of an answer, or all of it.', zh: '回答的一段声音或全部声音。' },
      },
      ...AUDIO_FIELDS,
      {
        name: 'parts',
        type: 'object',
        text: {
          en: 'The place in the stream; the last, which is empty, has `msg.complete`.',
          zh: '在流中的位置；最后一条为空，并带有 `msg.complete`。',
        },
      },
    ],
  },
  {
    label: { en: 'transcript', zh: '文字记录' },
    text: { en: 'What either side said.', zh: '双方所说的内容。' },
    fields: [
      {
        name: 'payload',
        type: 'string',
        text: { en: 'The text, as far as it is known.', zh: '目前已知的文字。' },
      },
      {
        name: 'role',
        type: 'string',
        text: { en: '`user` or `assistant`.', zh: '`user` 或 `assistant`。' },
      },
      {
        name: 'complete',
        type: 'boolean',
        text: { en: 'Whether it will not change any more.', zh: '是否已经确定。' },
      },
      {
        name: 'itemId',
        type: 'string',
        text: {
          en: 'The same for all messages about the same words.',
          zh: '同一段话的所有消息使用相同的 ID。',
        },
      },
      {
        name: 'interrupted',
        type: 'boolean',
        optional: true,
        text: {
          en: 'The user spoke into it: not all of it was heard.',
          zh: '被用户打断，没有全部播放。',
        },
      },
    ],
  },
  {
    label: { en: 'tool calls', zh: '工具调用' },
    text: {
      en: 'What the model asks your flow to do. Send the result back to this node with the same `msg.call_id`.',
      zh: '模型请求流程执行的操作。请将结果带着相同的 `msg.call_id` 发回此节点。',
    },
    fields: [
      {
        name: 'payload',
        type: 'object',
        text: { en: 'The arguments.', zh: '参数。' },
      },
      {
        name: 'name',
        type: 'string',
        text: { en: 'Of the tool.', zh: '工具名称。' },
      },
      {
        name: 'call_id',
        type: 'string',
        text: { en: 'Of the call.', zh: '调用的 ID。' },
      },
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
          en: '`connected`, `disconnected`, `reconnecting`, `speech-started`, `speech-stopped`, `answer-started`, `answer-done`, `interrupted`, `heard`, `tool-result`, `session-ending`, `session-renewed`, `limit`.',
          zh: '`connected`、`disconnected`、`reconnecting`、`speech-started`、`speech-stopped`、`answer-started`、`answer-done`、`interrupted`、`heard`、`tool-result`、`session-ending`、`session-renewed`、`limit`。',
        },
      },
      {
        name: 'payload',
        type: 'object',
        text: { en: 'What there is to say of it.', zh: '事件的详细信息。' },
      },
    ],
  },
];
