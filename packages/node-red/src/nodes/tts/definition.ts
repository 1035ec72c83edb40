import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  flag,
  input,
  list,
  number,
  voice,
} from '../../definition/node-definition.ts';
import { AUDIO_FIELDS, COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';
import { EXPIRES_AT_FIELD, servedUrlProperties } from '../../definition/served-url-properties.ts';
import { speechInstruction, speechModel, speechSpeed } from '../../definition/speech-properties.ts';
import { MANNERS } from './manner.ts';

export const ttsDefinition = defineNode({
  type: 'stepvoice-tts',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'speak', zh: '语音合成' },
  summary: {
    en: 'Speaks text with a Step-Audio voice.',
    zh: '用 Step-Audio 音色朗读文本。',
  },
  icon: 'stepvoice-tts.svg',
  color: COLORS.speaking,
  properties: {
    account: account(),
    text: input({
      label: { en: 'Text', zh: '文本' },
      help: {
        en: 'What to say. Of streamed text it is always the payload.',
        zh: '要朗读的内容。流式文本始终取 payload。',
      },
    }),
    voice: voice({
      label: { en: 'Voice', zh: '音色' },
      help: {
        en: 'Id of an official voice or of a clone of yours.',
        zh: '官方音色或自己的克隆音色的 ID。',
      },
      default: 'cixingnansheng',
      sources: ANY_SOURCE,
      message: 'voice',
    }),
    model: speechModel,
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'One message with all of the sound, many while it is being made, or an address it can be played from.',
        zh: '一条包含全部声音的消息、边合成边输出的多条消息，或可播放的地址。',
      },
      choices: {
        stream: { en: 'a stream of chunks', zh: '分块流式' },
        whole: { en: 'one whole sound', zh: '完整音频' },
        dataUrl: { en: 'a data URL', zh: 'data URL' },
        url: { en: 'a served URL', zh: '服务地址 URL' },
      },
      default: 'whole',
    }),
    format: choice({
      label: { en: 'Format', zh: '格式' },
      help: {
        en: 'Raw PCM, or a file. As a URL, PCM becomes WAV, since nothing plays it otherwise.',
        zh: '原始 PCM 或音频文件。以 URL 输出时 PCM 会变为 WAV，否则无法播放。',
      },
      choices: {
        mp3: { en: 'MP3', zh: 'MP3' },
        wav: { en: 'WAV', zh: 'WAV' },
        pcm: { en: 'PCM (16 bit)', zh: 'PCM（16 位）' },
        opus: { en: 'Opus', zh: 'Opus' },
        flac: { en: 'FLAC', zh: 'FLAC' },
      },
      default: 'mp3',
    }),
    sampleRate: choice({
      label: { en: 'Sample rate', zh: '采样率' },
      help: {
        en: '24 kHz is the voices’ own. 8 kHz is for telephones.',
        zh: '24 kHz 为音色原生采样率，8 kHz 适用于电话。',
      },
      choices: {
        '8000': { en: '8 kHz', zh: '8 kHz' },
        '16000': { en: '16 kHz', zh: '16 kHz' },
        '22050': { en: '22.05 kHz', zh: '22.05 kHz' },
        '24000': { en: '24 kHz', zh: '24 kHz' },
        '48000': { en: '48 kHz', zh: '48 kHz' },
      },
      default: '24000',
      isAdvanced: true,
    }),
    ...servedUrlProperties,
    speed: speechSpeed,
    volume: number({
      label: { en: 'Volume', zh: '音量' },
      help: { en: '1 is the voice’s own.', zh: '1 为原音量。' },
      min: 0.1,
      max: 2,
      default: 1,
      sources: ANY_SOURCE,
      message: 'volume',
      widget: 'slider',
    }),
    instruction: speechInstruction,
    manner: choice({
      label: { en: 'Manner', zh: '情感与风格' },
      help: {
        en: 'An emotion, a style or a language, only with `step-tts-2` and `step-tts-mini`. With newer models say it in the instruction.',
        zh: '情感、风格或语言，仅适用于 `step-tts-2` 和 `step-tts-mini`。较新的模型请写在指令中。',
      },
      choices: MANNERS,
      default: 'none',
      sources: ANY_SOURCE,
      message: 'manner',
      isAdvanced: true,
    }),
    pronunciations: list({
      label: { en: 'Pronunciations', zh: '发音表' },
      help: {
        en: 'Written and spoken with a slash between them, one a line: `WAV/wave file`, `重庆/chong2庆`.',
        zh: '每行一条，写法与读法以斜杠分隔，如 `重庆/chong2庆`、`WAV/wave file`。',
      },
      sources: ANY_SOURCE,
      message: 'pronunciations',
      isAdvanced: true,
    }),
    normalization: choice({
      label: { en: 'Numbers and units', zh: '数字与单位' },
      help: {
        en: 'Whether numbers, units and signs are read out more fully.',
        zh: '数字、单位和符号是否读得更完整。',
      },
      choices: {
        standard: { en: 'standard', zh: '标准' },
        enhanced: { en: 'more fully', zh: '增强' },
      },
      default: 'standard',
      isAdvanced: true,
    }),
    markdownFilter: flag({
      label: { en: 'Skip Markdown marks', zh: '忽略 Markdown 标记' },
      help: {
        en: 'The service leaves asterisks, hashes and the like unsaid.',
        zh: '服务端不朗读星号、井号等标记。',
      },
      default: false,
      isAdvanced: true,
    }),
    timestamps: flag({
      label: { en: 'Times of words', zh: '词语时间' },
      help: {
        en: 'Sends `words` events. On a whole sound `msg.words` has them all.',
        zh: '发送 `words` 事件。完整音频还带有 `msg.words`。',
      },
      default: false,
      isAdvanced: true,
    }),
    streamedText: choice({
      label: { en: 'Streamed text', zh: '流式文本' },
      help: {
        en: 'Which messages are one text that is still being written. It is spoken from its first sentence on.',
        zh: '哪些消息属于同一段仍在生成的文本。从第一句起即开始朗读。',
      },
      choices: {
        marked: { en: 'from chat and realtime nodes', zh: '来自对话和实时节点' },
        parts: { en: 'all that have msg.parts', zh: '所有带 msg.parts 的消息' },
        never: { en: 'none: each is spoken by itself', zh: '无：逐条朗读' },
      },
      default: 'marked',
      isAdvanced: true,
    }),
    streamIdleSeconds: number({
      label: { en: 'Wait for text', zh: '等待文本' },
      help: {
        en: 'Streamed text that stops for so long without its end is an error with code `stream_stopped`; what came before is spoken.',
        zh: '流式文本中断超过此时间而未结束时报错，代码为 `stream_stopped`；此前的内容仍会朗读。',
      },
      min: 1,
      // The service itself closes after 60 seconds.
      max: 55,
      default: 30,
      unit: { en: 'seconds', zh: '秒' },
      isAdvanced: true,
      shownIf: { property: 'streamedText', is: ['marked', 'parts'] },
    }),
    maxCharacters: number({
      label: { en: 'Longest text', zh: '文本上限' },
      help: {
        en: 'A longer text is an error with code `text_too_long`, before anything is paid for. Books are for the narrate node.',
        zh: '更长的文本会在计费前报错，代码为 `text_too_long`。书籍请使用 narrate 节点。',
      },
      min: 1,
      max: 100_000,
      integer: true,
      default: 10_000,
      unit: { en: 'characters', zh: '字符' },
      isAdvanced: true,
    }),
    cacheMegabytes: number({
      label: { en: 'Remember', zh: '缓存' },
      help: {
        en: 'Keeps so much sound in memory. The same text said in the same way again is then free and comes at once; streamed text is not kept. 0: nothing.',
        zh: '在内存中保留的声音大小。再次以相同方式朗读相同文本时不再计费并立即输出；流式文本不缓存。0 表示不缓存。',
      },
      min: 0,
      max: 1024,
      default: 0,
      unit: { en: 'MB', zh: 'MB' },
      isAdvanced: true,
    }),
    ...queueProperties,
  },
  input: {
    text: {
      en: 'The text, whole or as a stream.',
      zh: '文本，可为完整文本或流。',
    },
    fields: [
      { name: 'payload', type: 'string', text: { en: 'What to say.', zh: '要朗读的内容。' } },
      {
        name: 'parts',
        type: 'object',
        text: {
          en: 'The place in a stream of text: messages with the same `id` are one utterance.',
          zh: '在文本流中的位置：`id` 相同的消息为同一段话。',
        },
        optional: true,
      },
      {
        name: 'sessionId',
        type: 'string',
        text: {
          en: 'Texts of one session are spoken in turn, those of several side by side.',
          zh: '同一会话的文本依次朗读，不同会话同时进行。',
        },
        optional: true,
      },
    ],
  },
  actions: {
    cancel: {
      en: 'Ends what is being said and forgets what waits.',
      zh: '停止当前朗读并清空队列。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
  },
  outputs: [
    {
      label: { en: 'audio', zh: '音频' },
      text: { en: 'The sound.', zh: '声音。' },
      fields: [
        {
          name: 'payload',
          type: 'buffer | string',
          text: { en: 'The sound, or its address.', zh: '音频数据或其地址。' },
        },
        ...AUDIO_FIELDS,
        {
          name: 'stepvoice.isCached',
          type: 'boolean',
          text: { en: 'It was remembered, and cost nothing.', zh: '来自缓存，不计费。' },
          optional: true,
        },
        EXPIRES_AT_FIELD,
        {
          name: 'parts',
          type: 'object',
          text: {
            en: 'On each chunk of a stream, so that a Join node rebuilds the whole. The last chunk is empty and has `complete: true`. Whole sounds of texts that come from a Split node become a list.',
            zh: '流中每块都带有，Join 节点可据此还原。最后一块为空，并带有 `complete: true`。来自 Split 节点的文本各自合成后，Join 得到音频列表。',
          },
          optional: true,
        },
        {
          name: 'words',
          type: 'array',
          text: {
            en: 'With times of words, on a whole sound: `text`, `startMs`, `endMs` of each.',
            zh: '启用词语时间时，完整音频附带每个词的 `text`、`startMs`、`endMs`。',
          },
          optional: true,
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
            en: '`start`, `first-audio`, `sentence`, `words`, `done`, `cancelled`, `dropped`.',
            zh: '`start`、`first-audio`、`sentence`、`words`、`done`、`cancelled`、`dropped`。',
          },
        },
        {
          name: 'payload',
          type: 'object',
          text: {
            en: 'What there is to say of it: `model`, `voice` and `characters` at the start; `ttfaMs`; `index` and `text` of a sentence; `text` and `words`; in the end what `msg.stepvoice` says, and `durationMs`.',
            zh: '事件详情：开始时为 `model`、`voice`、`characters`；`ttfaMs`；句子的 `index` 和 `text`；`text` 和 `words`；结束时为 `msg.stepvoice` 的内容及 `durationMs`。',
          },
        },
      ],
    },
  ],
  statuses: {},
  details: {
    en: `Texts over 1000 characters and streamed texts are spoken over one socket; these have \`sentence\` events, one as each sentence begins.

A stream of chunks that is cancelled or fails ends with an empty chunk that has \`stepvoice.isCut\`, so that nobody waits for the rest.

Wire debug nodes to the events, not to the sound.`,
    zh: `超过 1000 个字符的文本和流式文本通过同一个连接朗读，每句开始时发送 \`sentence\` 事件。

被取消或失败的音频流以带有 \`stepvoice.isCut\` 的空块结束，后续节点无需继续等待。

调试节点请连接到事件输出，而不是音频输出。`,
  },
});
