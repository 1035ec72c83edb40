import type { NodeDefinition } from '../../definition/node-definition.ts';

export const realtimeInput: NodeDefinition['input'] = {
  text: {
    en: 'Sound, text, answers of tools and commands, each for the conversation of its `msg.sessionId`.',
    zh: '声音、文本、工具应答和命令，按 `msg.sessionId` 归属各自的会话。',
  },
  fields: [
    {
      name: 'payload',
      type: 'buffer | string',
      text: {
        en: 'What the user says: raw PCM (16 bit, any rate) or a WAV file of at most 16 MB, or text of at most 100 000 characters. With `msg.call_id`, what a tool gives: text, or anything JSON can say.',
        zh: '用户所说的内容：原始 PCM（16 位，任意采样率）或 WAV 文件（最大 16 MB），或文本（最多 100 000 个字符）。带有 `msg.call_id` 时为工具的结果：文本或任何 JSON 数据。',
      },
    },
    {
      name: 'audio',
      type: 'object',
      optional: true,
      text: {
        en: 'What sound it is: `sampleRate` and `channels`.',
        zh: '声音的属性：`sampleRate` 和 `channels`。',
      },
    },
    {
      name: 'sessionId',
      type: 'string',
      optional: true,
      text: {
        en: 'Whose conversation it is. Websocket and `stepvoice-play` nodes say it by `msg._session`. Without either, all messages belong to one.',
        zh: '所属的会话。websocket 和 `stepvoice-play` 节点通过 `msg._session` 提供；都没有时，所有消息属于同一个会话。',
      },
    },
    {
      name: 'call_id',
      type: 'string',
      optional: true,
      text: {
        en: 'Which tool call this message answers.',
        zh: '此消息所应答的工具调用。',
      },
    },
    {
      name: 'role',
      type: 'string',
      optional: true,
      text: {
        en: 'Of a text: `user` is answered; `system` and `assistant` are only remembered.',
        zh: '文本的角色：`user` 会得到回答；`system` 和 `assistant` 只会被记住。',
      },
    },
    {
      name: 'tools',
      type: 'array',
      optional: true,
      text: {
        en: 'Tools in place of the dialog’s, for a conversation that begins: `{ name, description, parameters }`, parameters as JSON Schema.',
        zh: '在对话开始时替代对话框中的工具：`{ name, description, parameters }`，parameters 为 JSON Schema。',
      },
    },
    {
      name: 'event',
      type: 'string',
      optional: true,
      text: {
        en: 'Of a `stepvoice-play` node, whose second output may be wired here: `talk-start` and `talk-stop` of the button, `played` with what was heard, `disconnected`.',
        zh: '来自 `stepvoice-play` 节点（可将其第二个输出接到此处）：按键的 `talk-start` 和 `talk-stop`、报告已播放内容的 `played`，以及 `disconnected`。',
      },
    },
  ],
};

export const realtimeActions: NodeDefinition['actions'] = {
  start: {
    en: 'Connects before anybody speaks. In a conversation that is connected, new `msg.instructions` and `msg.tools` take effect.',
    zh: '在有人说话之前先连接。对已连接的会话，新的 `msg.instructions` 和 `msg.tools` 会生效。',
  },
  stop: {
    en: 'Ends the conversation. What was said is remembered for the next.',
    zh: '结束对话，已说的内容会保留到下一次。',
  },
  cancel: {
    en: 'Silences the answer, and forgets what waits and a turn that has not ended.',
    zh: '停止当前回答，并放弃等待中的消息和尚未结束的一轮。',
  },
  flush: {
    en: 'Ends the user’s turn. Where nothing was said, the model is asked to speak.',
    zh: '结束用户的一轮；如果用户什么也没说，则让模型主动说话。',
  },
  clear: {
    en: 'Ends the conversation and forgets it.',
    zh: '结束对话并清除记忆。',
  },
  reconnect: {
    en: 'Continues in a new connection, which knows what was said.',
    zh: '在新的连接中继续，并带入之前的对话内容。',
  },
};
