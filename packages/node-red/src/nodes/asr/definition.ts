import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  flag,
  list,
  model,
  number,
  optionalNumber,
  text,
} from '../../definition/node-definition.ts';
import { COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';
import { soundProperties } from '../../definition/sound-properties.ts';
import { folderProperty } from '../../kit/file-access.ts';

const TEXT_FIELDS = [
  {
    name: 'words',
    type: 'array',
    text: {
      en: 'With Word times: `text`, `startMs`, `endMs` of each.',
      zh: '启用“词时间”时，每个词的 `text`、`startMs`、`endMs`。',
    },
    optional: true,
  },
  {
    name: 'language',
    type: 'string',
    text: { en: 'As it was asked for.', zh: '请求时指定的语言。' },
    optional: true,
  },
] as const;

export const asrDefinition = defineNode({
  type: 'stepvoice-asr',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'transcribe', zh: '语音识别' },
  summary: {
    en: 'Writes down what is said in a sound.',
    zh: '将声音中的话语转写为文字。',
  },
  icon: 'stepvoice-asr.svg',
  color: COLORS.hearing,
  properties: {
    account: account(),
    ...soundProperties,
    mode: choice({
      label: { en: 'Mode', zh: '模式' },
      help: {
        en: 'Whole sounds are sent as they are, of any length. A live stream is heard without end, and the service finds where sentences end. Utterances are heard while they are being said, and each message or stream of messages gives one text: the fastest answer behind a speech detection node.',
        zh: '“完整声音”一次发送一段，长度不限。“实时流”持续聆听，由服务判断每句话的结束。“逐句”边说边识别，每条消息或每个消息流得到一段文字，接在语音检测节点之后响应最快。',
      },
      choices: {
        whole: { en: 'whole sounds', zh: '完整声音' },
        live: { en: 'a live stream', zh: '实时流' },
        utterance: { en: 'utterances', zh: '逐句' },
      },
      default: 'whole',
    }),
    model: model({
      label: { en: 'Model', zh: '模型' },
      help: {
        en: 'Blank for the default of the mode: whole sounds have other models than the other two.',
        zh: '留空使用该模式的默认模型。“完整声音”与另外两种模式的模型不同。',
      },
      models: 'transcription',
    }),
    language: text({
      label: { en: 'Language', zh: '语言' },
      help: {
        en: 'A code such as `zh` or `en`. Blank: the service finds out.',
        zh: '语言代码，如 `zh` 或 `en`。留空由服务自动识别。',
      },
      sources: ANY_SOURCE,
      message: 'language',
    }),
    hotwords: list({
      label: { en: 'Terms', zh: '热词' },
      help: {
        en: 'Names and terms to expect.',
        zh: '可能出现的人名和术语。',
      },
      sources: ANY_SOURCE,
      message: 'hotwords',
    }),
    prompt: text({
      label: { en: 'Context', zh: '上下文' },
      help: {
        en: 'What the sound is about, in words. Not every model takes it.',
        zh: '用文字说明声音的内容。并非所有模型都支持。',
      },
      sources: ANY_SOURCE,
      isAdvanced: true,
    }),
    timestamps: flag({
      label: { en: 'Word times', zh: '词时间' },
      help: { en: 'When each word was said.', zh: '返回每个词的起止时间。' },
      default: false,
    }),
    itn: flag({
      label: { en: 'Digits', zh: '数字格式' },
      help: {
        en: 'Writes numbers, dates and units as digits and signs.',
        zh: '将数字、日期和单位写成阿拉伯数字与符号。',
      },
      default: true,
      isAdvanced: true,
    }),
    endMs: number({
      label: { en: 'Pause', zh: '停顿' },
      help: {
        en: 'So long a pause ends a sentence.',
        zh: '停顿达到该时长即视为一句结束。',
      },
      min: 100,
      max: 10_000,
      integer: true,
      unit: { en: 'ms', zh: '毫秒' },
      default: 800,
      shownIf: { property: 'mode', is: ['live'] },
    }),
    threshold: optionalNumber({
      label: { en: 'Strictness', zh: '检测阈值' },
      help: {
        en: 'How sure the service must be that somebody speaks: 0 to 1, larger is stricter. Blank: its own.',
        zh: '服务判断有人说话所需的把握，0 到 1，越大越严格。留空使用默认值。',
      },
      min: 0,
      max: 1,
      isAdvanced: true,
      shownIf: { property: 'mode', is: ['live'] },
    }),
    idleSeconds: number({
      label: { en: 'Ends after', zh: '空闲结束' },
      help: {
        en: 'A stream or a connection that gets no sound for so long is ended; more sound opens another.',
        zh: '声音流或连接在该时长内没有收到声音即结束，有新的声音时会重新连接。',
      },
      min: 1,
      max: 3600,
      unit: { en: 's', zh: '秒' },
      default: 30,
      isAdvanced: true,
    }),
    skipEmpty: flag({
      label: { en: 'Skip silence', zh: '忽略静音' },
      help: {
        en: 'Where nothing was said, no message is sent but an event `empty`.',
        zh: '没有说话内容时不输出消息，只输出 `empty` 事件。',
      },
      default: false,
    }),
    concurrency: number({
      label: { en: 'At once', zh: '并发数' },
      help: {
        en: 'A long recording is cut in pauses; so many pieces of it are transcribed at the same time.',
        zh: '较长的录音会在停顿处切开，同时识别的片段数。',
      },
      min: 1,
      max: 8,
      integer: true,
      default: 1,
      isAdvanced: true,
      shownIf: { property: 'mode', is: ['whole'] },
    }),
    folder: folderProperty,
    ...queueProperties,
  },
  input: {
    text: {
      en: 'Sound: a message by itself, the messages of a stream (`msg.parts`), or frames of a microphone.',
      zh: '声音：单条消息、消息流（`msg.parts`），或麦克风数据帧。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer | string',
        text: {
          en: 'A sound file (WAV, MP3, Ogg Opus, M4A), raw PCM, a data URL, or, where the node has a Folder, the path of a file in it. Live streams and utterances: WAV or raw PCM.',
          zh: '音频文件（WAV、MP3、Ogg Opus、M4A）、原始 PCM、data URL；若节点设置了文件夹，也可为其中的文件路径。“实时流”和“逐句”模式：WAV 或原始 PCM。',
        },
      },
      {
        name: 'complete',
        type: 'boolean',
        text: { en: 'The last message of a stream.', zh: '消息流的最后一条。' },
        optional: true,
      },
    ],
  },
  actions: {
    stop: {
      en: 'No more sound comes: what was said is written down, and the connection closed.',
      zh: '声音结束：完成已说内容的识别并关闭连接。',
    },
    cancel: {
      en: 'Ends what is being transcribed and forgets what waits.',
      zh: '停止当前识别并清空队列。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
  },
  outputs: [
    {
      label: { en: 'text', zh: '文字' },
      text: { en: 'What was said, as it stays.', zh: '最终识别结果。' },
      fields: [
        { name: 'payload', type: 'string', text: { en: 'The text.', zh: '文字。' } },
        ...TEXT_FIELDS,
        {
          name: 'segment',
          type: 'object',
          text: {
            en: 'Where the text belongs: `index`, `startMs`, `endMs` from the start of the sound. Of a whole sound, `msg.segments` has all.',
            zh: '文字所在位置：`index`，距声音开始的 `startMs`、`endMs`。完整声音的所有分段在 `msg.segments` 中。',
          },
          optional: true,
        },
        {
          name: 'stepvoice',
          type: 'object',
          text: {
            en: 'How it came about: `model`, `requestId`, `totalMs`, `bytes`, `usage`.',
            zh: '生成信息：`model`、`requestId`、`totalMs`、`bytes`、`usage`。',
          },
        },
      ],
    },
    {
      label: { en: 'interim', zh: '中间结果' },
      text: {
        en: 'What has been understood so far; the next message may say something else.',
        zh: '目前的识别结果，后续消息可能会修改。',
      },
      fields: [
        { name: 'payload', type: 'string', text: { en: 'The text so far.', zh: '目前的文字。' } },
        ...TEXT_FIELDS,
        {
          name: 'segment',
          type: 'object',
          text: {
            en: 'Of a live stream: `index`, the same as of the text that stays.',
            zh: '实时流：`index`，与最终结果的相同。',
          },
          optional: true,
        },
      ],
    },
    {
      label: { en: 'events', zh: '事件' },
      text: { en: 'What happens.', zh: '过程事件。' },
      fields: [
        {
          name: 'event',
          type: 'string',
          text: {
            en: '`start`, `speech-start`, `speech-stop`, `progress`, `correction`, `failed`, `empty`, `done`, `cancelled`, `dropped`.',
            zh: '`start`、`speech-start`、`speech-stop`、`progress`、`correction`、`failed`、`empty`、`done`、`cancelled`、`dropped`。',
          },
        },
        {
          name: 'payload',
          type: 'object',
          text: {
            en: 'What there is to say of it: `mode`, `index`, `atMs`, `audioMs`, `totalMs`, `characters`, `code`.',
            zh: '事件的详细信息：`mode`、`index`、`atMs`、`audioMs`、`totalMs`、`characters`、`code`。',
          },
        },
      ],
    },
  ],
  statuses: {},
  details: {
    en: 'In mode *utterances*, a connection stays open for each session, so that an answer comes sooner; it counts as one request of those that the account may make at once. A live stream ends with `msg.complete`, with `msg.action` = `stop`, or when no sound comes any more. After a failure it is tried again with sound that comes a little later: what came meanwhile is lost.\n\nA path is read only where the node has a Folder, and only in it.',
    zh: '“逐句”模式下，每个会话保持一个连接，响应更快；该连接会占用账户的一个并发请求。实时流在收到 `msg.complete`、`msg.action` = `stop`，或不再有声音时结束。失败后会用稍后到达的声音重试，期间的声音会丢失。\n\n只有设置了文件夹时才会读取文件路径，且仅限该文件夹内。',
  },
});
