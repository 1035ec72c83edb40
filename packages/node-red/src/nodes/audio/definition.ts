import {
  ANY_SOURCE,
  choice,
  defineNode,
  number,
  optionalNumber,
} from '../../definition/node-definition.ts';
import { AUDIO_FIELDS, COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';
import { soundProperties } from '../../definition/sound-properties.ts';
import { folderProperty } from '../../kit/file-access.ts';

const MS = { en: 'ms', zh: '毫秒' };

export const audioDefinition = defineNode({
  type: 'stepvoice-audio',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'sound', zh: '音频处理' },
  summary: {
    en: 'Converts, trims, joins and splits sound, makes it louder, or tells what it is.',
    zh: '转换、修剪、合并、切分声音，调整音量，或查看声音信息。',
  },
  icon: 'stepvoice-audio.svg',
  color: COLORS.sound,
  properties: {
    ...soundProperties,
    operation: choice({
      label: { en: 'Do', zh: '操作' },
      help: {
        en: 'Whatever it is, the outcome has the format and the sample rate below.',
        zh: '无论何种操作，结果均采用下方的格式与采样率。',
      },
      choices: {
        convert: { en: 'convert', zh: '转换' },
        trim: { en: 'trim silence', zh: '修剪静音' },
        join: { en: 'join', zh: '合并' },
        split: { en: 'split into frames', zh: '切分为帧' },
        normalize: { en: 'bring to one loudness', zh: '统一响度' },
        gain: { en: 'change the volume', zh: '调整音量' },
        info: { en: 'tell what it is', zh: '查看信息' },
      },
      default: 'convert',
    }),
    format: choice({
      label: { en: 'Into', zh: '输出格式' },
      help: {
        en: 'A WAV file or raw PCM: 16 bit, one channel.',
        zh: 'WAV 文件或原始 PCM：16 位、单声道。',
      },
      choices: {
        wav: { en: 'WAV', zh: 'WAV' },
        pcm: { en: 'raw PCM (16 bit)', zh: '原始 PCM（16 位）' },
      },
      default: 'wav',
      shownIf: {
        property: 'operation',
        is: ['convert', 'trim', 'join', 'normalize', 'gain'],
      },
    }),
    sampleRate: optionalNumber({
      label: { en: 'At', zh: '输出采样率' },
      help: {
        en: 'Blank: as it comes.',
        zh: '留空则保持不变。',
      },
      min: 1000,
      max: 192_000,
      integer: true,
      unit: { en: 'Hz', zh: 'Hz' },
      sources: ANY_SOURCE,
      shownIf: {
        property: 'operation',
        is: ['convert', 'trim', 'join', 'split', 'normalize', 'gain'],
      },
    }),
    gainDb: number({
      label: { en: 'Louder by', zh: '增益' },
      help: {
        en: 'Below 0 is softer. What would pass full scale is held there.',
        zh: '小于 0 为减弱。超出满幅的部分会被限制。',
      },
      min: -60,
      max: 60,
      unit: { en: 'dB', zh: 'dB' },
      default: 0,
      sources: ANY_SOURCE,
      message: 'gainDb',
      shownIf: { property: 'operation', is: ['gain'] },
    }),
    targetLufs: number({
      label: { en: 'Loudness', zh: '目标响度' },
      help: {
        en: 'In LUFS; podcasts have −16, broadcasts −23. Peaks keep a decibel below full scale, so that a sound with high ones stays softer.',
        zh: '单位 LUFS；播客常用 −16，广播常用 −23。峰值保持在满幅以下 1 dB，因此峰值较高的声音会略轻。',
      },
      min: -60,
      max: -5,
      unit: { en: 'LUFS', zh: 'LUFS' },
      default: -19,
      sources: ANY_SOURCE,
      shownIf: { property: 'operation', is: ['normalize'] },
    }),
    frameMs: number({
      label: { en: 'Frames of', zh: '帧长' },
      help: {
        en: 'The last one may be shorter.',
        zh: '最后一帧可能较短。',
      },
      min: 5,
      max: 60_000,
      unit: MS,
      default: 20,
      sources: ANY_SOURCE,
      shownIf: { property: 'operation', is: ['split'] },
    }),
    gapMs: number({
      label: { en: 'Pause between', zh: '间隔' },
      help: {
        en: 'Silence between the sounds of an array. The messages of a stream are one sound, and get none.',
        zh: '数组中各段声音之间的静音。同一消息流属于一段声音，不加静音。',
      },
      min: 0,
      max: 10_000,
      integer: true,
      unit: MS,
      default: 0,
      sources: ANY_SOURCE,
      shownIf: { property: 'operation', is: ['join'] },
    }),
    guardMs: number({
      label: { en: 'Leave', zh: '保留' },
      help: {
        en: 'So much of the silence stays on both sides.',
        zh: '两端保留的静音时长。',
      },
      min: 0,
      max: 5000,
      integer: true,
      unit: MS,
      default: 50,
      shownIf: { property: 'operation', is: ['trim'] },
    }),
    folder: folderProperty,
    ...queueProperties,
  },
  input: {
    text: {
      en: 'WAV or raw PCM: a message by itself, or the messages of a stream (`msg.parts`). Streams are converted, split and changed in volume as they come.',
      zh: 'WAV 或原始 PCM：单条消息或消息流（`msg.parts`）。转换、切分和调整音量会边接收边处理。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer | array',
        text: {
          en: 'The sound, or, to be joined, an array of sounds.',
          zh: '声音；合并时也可为声音数组。',
        },
      },
    ],
  },
  actions: {
    cancel: {
      en: 'Ends what is being worked on and forgets what waits.',
      zh: '停止当前处理并清空队列。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
  },
  outputs: [
    {
      label: { en: 'sound', zh: '声音' },
      text: { en: 'The outcome.', zh: '处理结果。' },
      fields: [
        {
          name: 'payload',
          type: 'buffer | object',
          text: {
            en: 'The sound, or what there is to tell of it: `format`, `durationMs`, `sampleRate`, `channels`, `bitsPerSample`, `peakDbfs`, `rmsDbfs`, `loudnessLufs`, `truePeakDbtp`, `bytes`. Of MP3, Ogg, M4A and FLAC: `format`, `durationMs`, `bytes`.',
            zh: '声音数据，或声音信息：`format`、`durationMs`、`sampleRate`、`channels`、`bitsPerSample`、`peakDbfs`、`rmsDbfs`、`loudnessLufs`、`truePeakDbtp`、`bytes`。MP3、Ogg、M4A 和 FLAC 只有 `format`、`durationMs`、`bytes`。',
          },
        },
        AUDIO_FIELDS[0],
        {
          name: 'parts',
          type: 'object',
          text: {
            en: 'Of a stream or of frames, as the Join node wants it. The last message has `complete` as well.',
            zh: '流或帧的分段信息，可供 Join 节点使用。最后一条消息还带有 `complete`。',
          },
          optional: true,
        },
      ],
    },
  ],
  statuses: {},
  details: {
    en: 'Several channels are mixed to one. MP3, Ogg, M4A and FLAC are not decoded here: their length is told, and that is all. Ask for WAV or PCM where the sound is made.\n\nWorks without the service and costs nothing.',
    zh: '多个声道会混合为一个。此节点不解码 MP3、Ogg、M4A 和 FLAC，只能查看时长。请在生成声音处选择 WAV 或 PCM。\n\n在本地运行，不产生费用。',
  },
});
