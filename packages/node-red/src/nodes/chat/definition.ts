import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  flag,
  input,
  json,
  model,
  number,
  optionalNumber,
  text,
  tools,
  voice,
} from '../../definition/node-definition.ts';
import { COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';
import { CHAT_INPUT_FIELDS, CHAT_OUTPUTS } from './messages-definition.ts';

const SECONDS = { en: 'seconds', zh: '秒' };
const CHARACTERS = { en: 'characters', zh: '字符' };

export const chatDefinition = defineNode({
  type: 'stepvoice-chat',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'chat', zh: '对话' },
  summary: {
    en: 'Answers text or speech with a language model, sentence by sentence if a speak node follows.',
    zh: '用语言模型回答文本或语音，可逐句输出给语音合成节点。',
  },
  icon: 'stepvoice-chat.svg',
  color: COLORS.talking,
  properties: {
    account: account(),
    prompt: input({
      label: { en: 'Prompt', zh: '提问' },
      help: {
        en: 'What the user says: text, or sound as WAV, MP3 or PCM. `msg.messages` in its place is a whole conversation.',
        zh: '用户所说的内容：文本，或 WAV、MP3、PCM 声音。也可用 `msg.messages` 提供完整对话。',
      },
    }),
    systemPrompt: text({
      label: { en: 'System prompt', zh: '系统提示' },
      help: {
        en: 'Who the model is and how it should answer.',
        zh: '模型的身份以及回答方式。',
      },
      widget: 'multiline',
      sources: ANY_SOURCE,
      message: 'systemPrompt',
    }),
    model: model({
      label: { en: 'Model', zh: '模型' },
      help: { en: 'Blank for the default.', zh: '留空使用默认模型。' },
      models: 'chat',
      sources: ANY_SOURCE,
    }),
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'One message with the whole answer, or many while it is being written. A speak node takes both kinds of stream as one utterance; sentences suit it best.',
        zh: '一条包含完整回答的消息，或边写边输出的多条消息。语音合成节点会把流视为一段话，逐句输出最合适。',
      },
      choices: {
        whole: { en: 'the whole answer', zh: '完整回答' },
        sentences: { en: 'sentence by sentence', zh: '逐句' },
        tokens: { en: 'as it is written', zh: '逐字' },
      },
      default: 'whole',
    }),
    answer: choice({
      label: { en: 'Answer', zh: '回答格式' },
      help: {
        en: 'Text, or JSON: then the payload is an object, and comes as a whole.',
        zh: '文本或 JSON。选择 JSON 时 payload 为对象，并一次性输出。',
      },
      choices: {
        text: { en: 'text', zh: '文本' },
        json: { en: 'JSON', zh: 'JSON' },
      },
      default: 'text',
    }),
    jsonSchema: json({
      label: { en: 'JSON Schema', zh: 'JSON Schema' },
      help: {
        en: 'What the JSON should look like. The model is asked to keep to it in the system prompt; neither the service nor this node checks that it does.',
        zh: 'JSON 应有的结构。仅通过系统提示要求模型遵守，服务和此节点都不会校验结果。',
      },
      shownIf: { property: 'answer', is: ['json'] },
    }),
    history: choice({
      label: { en: 'Remember', zh: '记忆' },
      help: {
        en: 'Whether the model is told what was said before, in each session by itself: until the next deploy, or in the flow’s context, which outlives a deploy, and a restart where Node-RED’s settings store contexts on disk. Sound is not kept.',
        zh: '是否让模型知道此前的对话，各会话相互独立：保留到下次部署；或存入流程上下文，部署后仍在，若 Node-RED 设置将上下文存盘则重启后也在。不保存声音。',
      },
      choices: {
        none: { en: 'nothing', zh: '不记忆' },
        memory: { en: 'until the next deploy', zh: '到下次部署' },
        context: { en: 'in the flow’s context', zh: '存入流程上下文' },
      },
      default: 'none',
    }),
    historyMessages: number({
      label: { en: 'Messages kept', zh: '保留消息数' },
      help: {
        en: 'The oldest are forgotten first, a prompt together with its answer.',
        zh: '优先忘记最早的内容，提问与回答一并忘记。',
      },
      min: 2,
      max: 1000,
      integer: true,
      default: 20,
      isAdvanced: true,
      shownIf: { property: 'history', is: ['memory', 'context'] },
    }),
    historyCharacters: number({
      label: { en: 'Text kept', zh: '保留文本量' },
      help: {
        en: 'All that is remembered is sent, and paid for, with each prompt.',
        zh: '所有记住的内容都会随每次提问发送并计费。',
      },
      min: 100,
      max: 1_000_000,
      integer: true,
      default: 8000,
      unit: CHARACTERS,
      isAdvanced: true,
      shownIf: { property: 'history', is: ['memory', 'context'] },
    }),
    historyMinutes: number({
      label: { en: 'Forget after', zh: '遗忘时间' },
      help: {
        en: 'A conversation in which nobody spoke for so long is over. 0: never.',
        zh: '超过此时间无人说话的对话会被忘记。0 表示永不。',
      },
      min: 0,
      max: 10_080,
      default: 60,
      unit: { en: 'minutes', zh: '分钟' },
      isAdvanced: true,
      shownIf: { property: 'history', is: ['memory', 'context'] },
    }),
    tools: tools({
      label: { en: 'Tools', zh: '工具' },
      help: {
        en: 'What the model may ask your flow to do. Calls leave at the third output; send the answer back with the same `msg.call_id`.',
        zh: '模型可以请求流程执行的工具。调用从第三个输出发出，请带着相同的 `msg.call_id` 把结果发回。',
      },
    }),
    toolTimeoutSeconds: number({
      label: { en: 'Tools answer within', zh: '工具应答时限' },
      help: {
        en: 'After that the model is told that the tool did not answer, and goes on without it.',
        zh: '超过该时间后，会告知模型工具没有应答，对话继续。',
      },
      min: 1,
      max: 600,
      default: 30,
      unit: SECONDS,
      isAdvanced: true,
    }),
    maxToolRounds: number({
      label: { en: 'Calls in a row', zh: '连续调用次数' },
      help: {
        en: 'So often the model may call tools before it has to answer.',
        zh: '模型在必须回答之前最多可调用工具的轮数。',
      },
      min: 1,
      max: 50,
      integer: true,
      default: 5,
      isAdvanced: true,
    }),
    speech: flag({
      label: { en: 'Speak the answer', zh: '语音回答' },
      help: {
        en: 'The model itself speaks, at the second output. Only models that can, such as `step-audio-2`; others are spoken by a speak node.',
        zh: '由模型直接说出回答，从第二个输出发出。仅支持 `step-audio-2` 等模型，其他模型请接语音合成节点。',
      },
      default: false,
      isAdvanced: true,
    }),
    voice: voice({
      label: { en: 'Voice', zh: '音色' },
      help: { en: 'In which the model speaks.', zh: '模型说话的音色。' },
      default: 'wenrounansheng',
      isAdvanced: true,
      shownIf: { property: 'speech', is: [true] },
    }),
    temperature: optionalNumber({
      label: { en: 'Temperature', zh: '温度' },
      help: {
        en: 'Higher is more varied. Blank: the service’s own, 0.5.',
        zh: '越高越多样。留空使用服务默认值 0.5。',
      },
      min: 0,
      max: 2,
      sources: ANY_SOURCE,
      isAdvanced: true,
    }),
    topP: optionalNumber({
      label: { en: 'Top P', zh: 'Top P' },
      help: {
        en: 'Of how likely words it chooses. Blank: the service’s own, 0.9.',
        zh: '候选词的累积概率。留空使用服务默认值 0.9。',
      },
      min: 0,
      max: 1,
      sources: ANY_SOURCE,
      isAdvanced: true,
    }),
    maxTokens: optionalNumber({
      label: { en: 'Longest answer', zh: '回答上限' },
      help: {
        en: 'In tokens, of which a word has one or two. Blank: as long as the model likes.',
        zh: '以 token 计，约一字一个。留空则不限制。',
      },
      min: 1,
      max: 100_000,
      integer: true,
      unit: { en: 'tokens', zh: 'token' },
      isAdvanced: true,
    }),
    ...queueProperties,
  },
  input: {
    text: {
      en: 'What the user says, answers of tools, and commands.',
      zh: '用户所说的内容、工具结果以及命令。',
    },
    fields: CHAT_INPUT_FIELDS,
  },
  actions: {
    cancel: {
      en: 'Ends the answer and forgets what waits. What was written of it stays in the conversation.',
      zh: '停止当前回答并清空队列。已写出的部分保留在对话中。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
    forget: {
      en: 'Forgets the conversation of `msg.sessionId`, or without one all of them. `msg.reset` does this and cancels.',
      zh: '忘记 `msg.sessionId` 的对话；没有时忘记全部。`msg.reset` 还会取消当前回答。',
    },
  },
  outputs: CHAT_OUTPUTS,
  statuses: {},
  details: {
    en: `### Chat into speech

Choose *sentence by sentence* and wire the text to a speak node: it speaks the first sentence while the model still writes the next. To silence both, send \`msg.action\` = \`cancel\` to both.

### Tools

The message of a call has the arguments as payload, and \`msg.name\`. Set \`msg.payload\` to the result and send the message back to this node: \`msg.call_id\` tells what it answers. Several calls may be open at once. A tool that fails should answer, too: \`{ "error": "…" }\`.

An answer that is cancelled or fails in mid-stream ends with an empty message that has \`stepvoice.isCut\`.`,
    zh: `### 对话转语音

选择“逐句”，并将文本输出连接到语音合成节点：模型还在写下一句时，第一句已开始朗读。要让两者都停下，请向两个节点发送 \`msg.action\` = \`cancel\`。

### 工具

工具调用消息的 payload 为参数，\`msg.name\` 为工具名称。将 \`msg.payload\` 设为结果并把消息发回此节点，\`msg.call_id\` 用于对应调用。可同时有多个调用。失败的工具也应回答：\`{ "error": "…" }\`。

中途取消或失败的回答以带有 \`stepvoice.isCut\` 的空消息结束。`,
  },
});
