import { choice, defineNode, flag, number } from '../../definition/node-definition.ts';
import { AUDIO_FIELDS, COLORS } from '../../definition/palette.ts';
import { soundProperties } from '../../definition/sound-properties.ts';

const MS = { en: 'ms', zh: '毫秒' };
const SECONDS = { en: 's', zh: '秒' };

export const segmentDefinition = defineNode({
  type: 'stepvoice-segment',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'find speech', zh: '语音检测' },
  summary: {
    en: 'Finds in a stream of sound where somebody speaks, and cuts it out.',
    zh: '在声音流中找出有人说话的部分并截取出来。',
  },
  icon: 'stepvoice-segment.svg',
  color: COLORS.sound,
  properties: {
    ...soundProperties,
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'What was said as one sound when it is over, or as a stream of raw PCM while it is being said.',
        zh: '说完后输出一段完整的声音，或边说边以原始 PCM 流输出。',
      },
      choices: {
        wav: { en: 'one WAV', zh: '完整 WAV' },
        pcm: { en: 'one raw PCM', zh: '完整原始 PCM' },
        stream: { en: 'a stream of raw PCM', zh: '原始 PCM 流' },
      },
      default: 'wav',
    }),
    endMs: number({
      label: { en: 'Pause', zh: '停顿' },
      help: {
        en: 'So long a pause ends what was said. Short pauses answer sooner, and cut hesitant speakers short.',
        zh: '停顿达到该时长即视为说完。越短响应越快，但容易打断说话犹豫的人。',
      },
      min: 100,
      max: 10_000,
      integer: true,
      unit: MS,
      default: 700,
    }),
    maxSeconds: number({
      label: { en: 'Longest', zh: '最长时长' },
      help: {
        en: 'Longer speech is cut, and goes on as another sound, without a gap.',
        zh: '超过该时长的语音会被切开，后面的部分作为下一段，不丢失声音。',
      },
      min: 1,
      max: 600,
      unit: SECONDS,
      default: 60,
    }),
    startMs: number({
      label: { en: 'Shortest', zh: '最短语音' },
      help: {
        en: 'Less speech than this is taken for a noise.',
        zh: '短于该时长的声音视为杂音。',
      },
      min: 50,
      max: 2000,
      integer: true,
      unit: MS,
      default: 200,
      isAdvanced: true,
    }),
    preRollMs: number({
      label: { en: 'Before it', zh: '前置保留' },
      help: {
        en: 'So much of the sound before the speech belongs to it: soft beginnings.',
        zh: '语音开始前保留的时长，避免丢失轻声的开头。',
      },
      min: 0,
      max: 5000,
      integer: true,
      unit: MS,
      default: 300,
      isAdvanced: true,
    }),
    postRollMs: number({
      label: { en: 'Behind it', zh: '后置保留' },
      help: {
        en: 'So much of the pause behind the speech belongs to it; never more than the pause itself.',
        zh: '语音结束后保留的时长，不会超过停顿本身。',
      },
      min: 0,
      max: 5000,
      integer: true,
      unit: MS,
      default: 200,
      isAdvanced: true,
    }),
    requireVoicing: flag({
      label: { en: 'Voices only', zh: '仅限人声' },
      help: {
        en: 'Keeps out keyboards, coughs and fans. Without it, whispering is found, and they are, too.',
        zh: '排除键盘声、咳嗽声和风扇声。关闭后可检测到耳语，但也会检测到这些声音。',
      },
      default: true,
      isAdvanced: true,
    }),
    idleSeconds: number({
      label: { en: 'Ends after', zh: '空闲结束' },
      help: {
        en: 'A session that gets no sound for so long is over: what was being said is sent, and the rest forgotten. Behind a whole WAV file, 3 seconds are enough.',
        zh: '会话在该时长内没有收到声音即结束：输出已说的内容，并清除其余数据。完整的 WAV 文件之后只等待 3 秒。',
      },
      min: 1,
      max: 3600,
      unit: SECONDS,
      default: 30,
      isAdvanced: true,
    }),
  },
  input: {
    text: {
      en: 'Sound as it comes, in pieces of any length. Each session (`msg.sessionId`) is a stream of its own.',
      zh: '任意长度的声音片段。每个会话（`msg.sessionId`）是独立的声音流。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer',
        text: { en: 'Raw PCM or WAV.', zh: '原始 PCM 或 WAV。' },
      },
      {
        name: 'complete',
        type: 'boolean',
        text: {
          en: 'The stream ends with this message. The last of `msg.parts` says the same.',
          zh: '声音流在此消息结束，与 `msg.parts` 的最后一条作用相同。',
        },
        optional: true,
      },
    ],
  },
  actions: {
    flush: { en: 'Ends what is being said, and sends it.', zh: '结束当前语音并输出。' },
    stop: {
      en: 'The same, and the session is over.',
      zh: '同上，并结束会话。',
    },
    cancel: {
      en: 'Forgets what is being said, and the session.',
      zh: '丢弃当前语音并清除会话。',
    },
    clear: { en: 'The same as `cancel`.', zh: '与 `cancel` 相同。' },
  },
  outputs: [
    {
      label: { en: 'speech', zh: '语音' },
      text: { en: 'What was said.', zh: '截取出的语音。' },
      fields: [
        { name: 'payload', type: 'buffer', text: { en: 'The sound.', zh: '声音数据。' } },
        {
          name: 'utterance',
          type: 'object',
          text: {
            en: 'Where it was: `index`, `startMs`, `endMs` from the start of the session, and `reason`: `pause`, `length` or `flush`.',
            zh: '位置信息：`index`，距会话开始的 `startMs`、`endMs`，以及 `reason`：`pause`、`length` 或 `flush`。',
          },
        },
        AUDIO_FIELDS[0],
        {
          name: 'parts',
          type: 'object',
          text: {
            en: 'Of a stream, as the Join node wants it. The last message has `complete` as well.',
            zh: '流式输出时的分段信息，可供 Join 节点使用。最后一条消息还带有 `complete`。',
          },
          optional: true,
        },
      ],
    },
    {
      label: { en: 'events', zh: '事件' },
      text: {
        en: 'Where speech begins and ends: at once, for instance to interrupt a voice that speaks.',
        zh: '语音开始与结束的即时通知，例如用于打断正在播放的语音。',
      },
      fields: [
        {
          name: 'event',
          type: 'string',
          text: { en: '`speech-start`, `speech-stop`.', zh: '`speech-start`、`speech-stop`。' },
        },
        {
          name: 'payload',
          type: 'object',
          text: { en: '`atMs`, `index`.', zh: '`atMs`、`index`。' },
        },
      ],
    },
  ],
  statuses: {
    hearing: { en: 'somebody speaks', zh: '有人说话' },
  },
  details: {
    en: 'Works without the service and costs nothing. Wire the speech to a transcription node, and only what somebody says is sent there.',
    zh: '在本地运行，不产生费用。把语音输出接到识别节点，就只会发送真正有人说话的部分。',
  },
});
