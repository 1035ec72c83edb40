import {
  choice,
  defineNode,
  flag,
  list,
  number,
  text,
  token,
} from '../../definition/node-definition.ts';
import { COLORS } from '../../definition/palette.ts';

export const playDefinition = defineNode({
  type: 'stepvoice-play',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'phone', zh: '手机话筒' },
  summary: {
    en: 'A page that makes any phone, tablet or computer a microphone and a speaker of the flow.',
    zh: '提供一个网页，让任何手机、平板或电脑成为流程的话筒和扬声器。',
  },
  icon: 'stepvoice-play.svg',
  color: COLORS.sound,
  properties: {
    token: token({
      label: { en: 'Page key', zh: '网页密钥' },
      help: {
        en: 'Stands in the page’s link, behind `#`. Whoever has the link can talk and listen: a new key makes all old links void.',
        zh: '位于网页链接的 `#` 之后。拿到链接的人都可以说话和收听；更换密钥后旧链接全部失效。',
      },
    }),
    title: text({
      label: { en: 'Title', zh: '标题' },
      help: { en: 'What stands at the top of the page.', zh: '显示在网页顶部的文字。' },
      placeholder: { en: 'Kitchen', zh: '厨房' },
    }),
    mode: choice({
      label: { en: 'Microphone', zh: '话筒' },
      help: {
        en: 'How one talks on the page. Browsers give the microphone only to pages over https (or on `localhost`); the speaker works without.',
        zh: '在网页上如何说话。浏览器只允许 https 网页（或 `localhost`）使用话筒；扬声器不受此限制。',
      },
      choices: {
        both: { en: 'push to talk or hands-free', zh: '按住说话或免提' },
        'push-to-talk': { en: 'push to talk', zh: '按住说话' },
        'hands-free': { en: 'hands-free', zh: '免提' },
        listen: { en: 'off: a speaker only', zh: '关闭：仅作扬声器' },
      },
      default: 'both',
    }),
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'Frames while one talks, for recognition that streams and for realtime nodes; or all of it at once when one has finished.',
        zh: '边说边输出音频帧（用于流式识别和实时对话节点），或说完后一次输出整段。',
      },
      choices: {
        frames: { en: 'frames of 20 ms while one talks', zh: '边说边输出 20 毫秒的帧' },
        utterance: { en: 'a whole WAV when one has finished', zh: '说完后输出完整的 WAV' },
      },
      default: 'frames',
    }),
    overlap: choice({
      label: { en: 'New sound', zh: '新的声音' },
      help: {
        en: 'What a sound does that comes while another is heard.',
        zh: '播放声音时又收到新的声音该如何处理。',
      },
      choices: {
        queue: { en: 'waits for the one before', zh: '排队等待' },
        interrupt: { en: 'takes its place', zh: '打断当前' },
      },
      default: 'queue',
    }),
    bargeIn: flag({
      label: { en: 'Talking silences the speaker', zh: '说话时静音扬声器' },
      help: {
        en: 'With push to talk: what sounds is ended when one begins to talk. Hands-free, the flow decides, with `cancel`.',
        zh: '按住说话时立即停止播放。免提时由流程用 `cancel` 决定。',
      },
      default: true,
    }),
    captions: flag({
      label: { en: 'Captions', zh: '字幕' },
      help: { en: 'Shows text that comes in on the page.', zh: '在网页上显示传入的文字。' },
      default: true,
    }),
    cleaning: flag({
      label: { en: 'Clean the microphone', zh: '话筒降噪' },
      help: {
        en: 'Takes out echo and noise and evens the level, in the browser. Off for music and for measuring.',
        zh: '由浏览器消除回声和噪声并均衡音量。采集音乐或测量时请关闭。',
      },
      default: true,
      isAdvanced: true,
    }),
    maxPages: number({
      label: { en: 'Pages at a time', zh: '同时打开的网页数' },
      help: {
        en: 'So many pages may be connected. One more is told to come back later.',
        zh: '允许同时连接的网页数，超出的网页会提示稍后再试。',
      },
      min: 1,
      max: 100,
      integer: true,
      default: 5,
      isAdvanced: true,
    }),
    maxTalkMinutes: number({
      label: { en: 'Longest talk', zh: '单次说话上限' },
      help: {
        en: 'The microphone goes off after this long without a break: for one that was forgotten.',
        zh: '连续说话超过此时长后自动关闭话筒，以防忘记关闭。',
      },
      min: 0.5,
      max: 120,
      default: 10,
      unit: { en: 'minutes', zh: '分钟' },
      isAdvanced: true,
    }),
    maxMinutesPerDay: number({
      label: { en: 'Talk a day', zh: '每日说话上限' },
      help: {
        en: 'Minutes of microphone a day, of all pages together. What comes behind the page may cost money; Node-RED’s restart begins a new day.',
        zh: '所有网页每天使用话筒的总分钟数。后续节点可能产生费用；重启 Node-RED 会重新计数。',
      },
      min: 1,
      max: 1440,
      default: 120,
      unit: { en: 'minutes', zh: '分钟' },
      isAdvanced: true,
    }),
    maxMegabytes: number({
      label: { en: 'Largest sound', zh: '单个声音上限' },
      help: {
        en: 'A larger sound is an error: phones hold it in memory.',
        zh: '超过此大小的声音会报错，因为手机需要将其保存在内存中。',
      },
      min: 1,
      max: 200,
      default: 32,
      unit: { en: 'MB', zh: 'MB' },
      isAdvanced: true,
    }),
    origins: list({
      label: { en: 'Other origins', zh: '其他来源' },
      help: {
        en: 'A browser may connect from pages of this server. Behind a proxy that changes the host name, add the address people use, one a line: `https://home.example.org`.',
        zh: '默认只允许来自本服务器网页的连接。如果反向代理改变了主机名，请填写实际访问的地址，每行一个：`https://home.example.org`。',
      },
      isAdvanced: true,
    }),
  },
  input: {
    text: {
      en: 'Sound to be heard, text to be read. With a session it goes to that page, without one to all.',
      zh: '要播放的声音，或要显示的文字。带会话时发给对应网页，否则发给所有网页。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer | string',
        text: {
          en: 'Sound: WAV, MP3 and other files as a whole or as a stream, PCM with `msg.audio`. A string is a caption.',
          zh: '声音：WAV、MP3 等文件（整段或流式），PCM 需带 `msg.audio`。字符串作为字幕显示。',
        },
      },
      {
        name: 'audio',
        type: 'object',
        text: {
          en: 'Of PCM: `sampleRate`, and `channels` where there are two.',
          zh: 'PCM 的 `sampleRate`，双声道时还需 `channels`。',
        },
        optional: true,
      },
      {
        name: 'parts',
        type: 'object',
        text: {
          en: 'Messages with the same `parts.id` are one sound, or one caption.',
          zh: '`parts.id` 相同的消息属于同一段声音或同一条字幕。',
        },
        optional: true,
      },
      {
        name: 'sessionId',
        type: 'string',
        text: { en: 'Which page.', zh: '发给哪个网页。' },
        optional: true,
      },
      {
        name: 'role',
        type: 'string',
        text: {
          en: 'Of a caption: `user` or `assistant`, who said it.',
          zh: '字幕的说话人：`user` 或 `assistant`。',
        },
        optional: true,
      },
    ],
  },
  actions: {
    cancel: {
      en: 'Silence at once; what waits is forgotten. `played` tells how much was heard.',
      zh: '立即静音并清空队列，`played` 事件说明已播放的时长。',
    },
    clear: {
      en: 'What sounds goes on to its end; what waits is forgotten.',
      zh: '播完当前声音，清空等待的声音。',
    },
    stop: { en: 'Turns the page’s microphone off.', zh: '关闭网页的话筒。' },
  },
  outputs: [
    {
      label: { en: 'microphone', zh: '话筒' },
      text: {
        en: 'What was said: mono, 16 000 Hz, 16 bits.',
        zh: '话筒的声音：单声道、16000 Hz、16 位。',
      },
      fields: [
        {
          name: 'payload',
          type: 'buffer',
          text: {
            en: 'A frame of PCM, or a whole WAV. The last of a stream may be empty.',
            zh: '一帧 PCM 或完整的 WAV。流的最后一条可以为空。',
          },
        },
        {
          name: 'audio',
          type: 'object',
          text: {
            en: 'What sound it is: `format`, `sampleRate`, `channels`, `encoding`, `durationMs`.',
            zh: '声音的属性：`format`、`sampleRate`、`channels`、`encoding`、`durationMs`。',
          },
        },
        {
          name: 'sessionId',
          type: 'string',
          text: {
            en: 'Of the page, also in `_session.id`.',
            zh: '网页的会话 ID，`_session.id` 中也有。',
          },
        },
        {
          name: 'parts',
          type: 'object',
          text: {
            en: 'Of frames: those of one talk have the same `id`; the last has `count`, and `msg.complete`.',
            zh: '帧的分组：同一次说话的 `id` 相同；最后一条带 `count` 和 `msg.complete`。',
          },
        },
      ],
    },
    {
      label: { en: 'events', zh: '事件' },
      text: { en: 'What happens on the pages.', zh: '网页上发生的事件。' },
      fields: [
        {
          name: 'event',
          type: 'string',
          text: {
            en: '`connected`, `disconnected`, `talk-start`, `talk-stop`, `playing`, `played`, `limit`.',
            zh: '`connected`、`disconnected`、`talk-start`、`talk-stop`、`playing`、`played`、`limit`。',
          },
        },
        {
          name: 'payload',
          type: 'object',
          text: {
            en: 'Of `playing` and `played`: the `stream` (its `parts.id`); of `played` also `heardMs`, `whole`, and `failed` where the browser could not play it. The other properties of both are those of the message the sound came with. Of `talk-start`: `talk` (the `parts.id` of its frames) and `handsFree`; of `talk-stop`: `talk`, `durationMs` and `why`. Of `limit`: `limit`, one of `pages`, `talk-too-long`, `minutes-used-up`. Of `connected`: `language` and `isReturning`; of `disconnected`: the `code` it closed with.',
            zh: '`playing` 和 `played`：`stream`（即 `parts.id`）；`played` 还有 `heardMs`、`whole`，无法播放时带 `failed`；两者的其余属性取自带来该声音的消息。`talk-start`：`talk`（其音频帧的 `parts.id`）和 `handsFree`；`talk-stop`：`talk`、`durationMs` 和 `why`。`limit`：`limit`，取值 `pages`、`talk-too-long` 或 `minutes-used-up`。`connected`：`language` 和 `isReturning`；`disconnected`：关闭代码 `code`。',
          },
        },
        {
          name: 'sessionId',
          type: 'string',
          text: { en: 'Of the page.', zh: '网页的会话 ID。' },
        },
      ],
    },
  ],
  statuses: {
    noPage: { en: 'no page open', zh: '没有打开网页' },
    noToken: { en: 'no key: open node', zh: '无密钥，请打开节点' },
    pageOff: { en: 'HTTP nodes are off', zh: 'HTTP 节点已关闭' },
    usedUp: { en: 'minutes used up', zh: '今日时长已用完' },
  },
  details: {
    en: `The page stands at \`stepvoice/play/<id of the node>\` under Node-RED's HTTP root; the dialog shows its link. Open it on the phone, tap once so that the browser lets it sound, and talk: hold the button (or the space bar), tap it to talk until the next tap, or go hands-free.

The microphone needs **https** or \`localhost\`: browsers give it to no other page. The speaker works without.

Node-RED's login for HTTP nodes does not guard sockets, so the page has a key of its own, which is in the link behind \`#\`, where no server and no log sees it. Only pages of this server, or of the other origins you name, may connect.

Feed it streams of PCM or WAV for sound without delay; MP3 and other files are heard when all of them has come. For barge-in, send \`msg.action = "cancel"\` with the session.`,
    zh: `网页地址为 Node-RED 的 HTTP 根路径下的 \`stepvoice/play/<节点 ID>\`，对话框中会显示链接。在手机上打开，点一下以允许播放声音，然后即可说话：按住按钮（或空格键）说话，点一下开始、再点一下结束，或使用免提。

话筒需要 **https** 或 \`localhost\`，否则浏览器不会提供话筒；扬声器不受此限制。

Node-RED 对 HTTP 节点的登录保护不包括 socket，因此网页有自己的密钥，位于链接的 \`#\` 之后，服务器和日志都看不到。只有本服务器的网页，或您填写的其他来源，才能连接。

需要低延迟时请传入 PCM 或 WAV 流；MP3 等文件要等全部到达后才能播放。需要打断时，请发送带会话的 \`msg.action = "cancel"\`。`,
  },
});
