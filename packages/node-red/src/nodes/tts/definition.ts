import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  input,
  model,
  number,
  text,
  voice,
} from '../../definition/node-definition.ts';
import { AUDIO_FIELDS, COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';

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
      help: { en: 'What to say. Default: the payload.', zh: '要朗读的内容，默认为 payload。' },
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
    model: model({
      label: { en: 'Model', zh: '模型' },
      help: { en: 'Blank for the default.', zh: '留空使用默认模型。' },
      models: 'speech',
      sources: ANY_SOURCE,
    }),
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'One message with all of the sound, many while it is being made, or an address it is served at.',
        zh: '一条包含全部声音的消息、边合成边输出的多条消息，或可访问的地址。',
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
      help: { en: 'Raw PCM, or a file.', zh: '原始 PCM 或音频文件。' },
      choices: {
        mp3: { en: 'MP3', zh: 'MP3' },
        wav: { en: 'WAV', zh: 'WAV' },
        pcm: { en: 'PCM (16 bit)', zh: 'PCM（16 位）' },
        opus: { en: 'Opus', zh: 'Opus' },
        flac: { en: 'FLAC', zh: 'FLAC' },
      },
      default: 'mp3',
    }),
    speed: number({
      label: { en: 'Speed', zh: '语速' },
      help: { en: '1 is the voice’s own.', zh: '1 为原速。' },
      min: 0.5,
      max: 2,
      default: 1,
      sources: ANY_SOURCE,
      message: 'speed',
      widget: 'slider',
    }),
    instruction: text({
      label: { en: 'Instruction', zh: '指令' },
      help: { en: 'How to say it, in words.', zh: '用文字描述如何朗读。' },
      sources: ANY_SOURCE,
      message: 'instruction',
    }),
    ...queueProperties,
  },
  input: {
    text: { en: 'The text.', zh: '文本。' },
    fields: [
      { name: 'payload', type: 'string', text: { en: 'What to say.', zh: '要朗读的内容。' } },
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
            en: '`start`, `first-audio`, `sentence`, `done`, `cancelled`, `dropped`.',
            zh: '`start`、`first-audio`、`sentence`、`done`、`cancelled`、`dropped`。',
          },
        },
      ],
    },
  ],
  statuses: {},
  details: {
    en: 'Wire debug nodes to the events, not to the sound.',
    zh: '调试节点请连接到事件输出，而不是音频输出。',
  },
});
