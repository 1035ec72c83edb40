import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  flag,
  input,
  list,
  number,
  text,
  voice,
} from '../../definition/node-definition.ts';
import { AUDIO_FIELDS, COLORS } from '../../definition/palette.ts';
import { queueProperties } from '../../definition/queue-properties.ts';
import { EXPIRES_AT_FIELD, servedUrlProperties } from '../../definition/served-url-properties.ts';
import { speechInstruction, speechModel, speechSpeed } from '../../definition/speech-properties.ts';
import { folderProperty } from '../../kit/file-access.ts';

const toFile = { property: 'output', is: ['file'] } as const;
const notStreamed = { property: 'output', is: ['whole', 'file', 'url'] } as const;

export const narrateDefinition = defineNode({
  type: 'stepvoice-narrate',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'narrate', zh: '长文朗读' },
  summary: {
    en: 'Reads long texts aloud, into a sound, a file, or sentence by sentence.',
    zh: '朗读长文本，生成音频、文件，或逐句输出。',
  },
  icon: 'stepvoice-narrate.svg',
  color: COLORS.speaking,
  properties: {
    account: account(),
    text: input({
      label: { en: 'Text', zh: '文本' },
      help: {
        en: 'What to read: text, a Buffer with a text file, or an array of chapters, `{ title, text }` each. Not used where a file to read is set.',
        zh: '要朗读的内容：文本、文本文件的 Buffer，或章节数组（每项为 `{ title, text }`）。设置了要读取的文件时不使用。',
      },
    }),
    sourceFile: text({
      label: { en: 'or from file', zh: '或读取文件' },
      help: {
        en: 'A text or Markdown file in the folder below, such as `book.md`.',
        zh: '下方文件夹中的文本或 Markdown 文件，例如 `book.md`。',
      },
      sources: ANY_SOURCE,
    }),
    textFormat: choice({
      label: { en: 'Text is', zh: '文本格式' },
      help: {
        en: 'How marks are read. By itself: a `.txt` file is plain text, everything else Markdown.',
        zh: '如何理解标记。自动：`.txt` 文件为纯文本，其余为 Markdown。',
      },
      choices: {
        auto: { en: 'told by itself', zh: '自动判断' },
        markdown: { en: 'Markdown', zh: 'Markdown' },
        plain: { en: 'plain text', zh: '纯文本' },
      },
      default: 'auto',
    }),
    voice: voice({
      label: { en: 'Voice', zh: '音色' },
      help: {
        en: 'Id of an official voice or of a clone of yours: the narrator.',
        zh: '旁白：官方音色或自己的克隆音色的 ID。',
      },
      default: 'cixingnansheng',
      sources: ANY_SOURCE,
      message: 'voice',
    }),
    cast: list({
      label: { en: 'Cast', zh: '角色音色' },
      help: {
        en: 'Voices of those who speak in the text, one a line: `Anna = linjiajiejie`. They are found in lines such as `Anna: …` and `“…”, said Anna`.',
        zh: '文中说话者的音色，每行一个：`小红 = linjiajiejie`。可识别 `小红：……`、`“……”小红说` 等写法。',
      },
      placeholder: { en: 'Anna = linjiajiejie', zh: '小红 = linjiajiejie' },
      sources: ANY_SOURCE,
      message: 'cast',
    }),
    model: speechModel,
    speed: speechSpeed,
    instruction: speechInstruction,
    output: choice({
      label: { en: 'Output', zh: '输出' },
      help: {
        en: 'One message with all of the sound, a file, a message for each sentence as it is spoken, or an address it is served at.',
        zh: '一条包含全部声音的消息、文件、每句一条的消息，或可访问的地址。',
      },
      choices: {
        whole: { en: 'one whole sound', zh: '完整音频' },
        file: { en: 'a file', zh: '文件' },
        stream: { en: 'sentence by sentence', zh: '逐句输出' },
        url: { en: 'a served URL', zh: '服务地址 URL' },
      },
      default: 'whole',
    }),
    format: choice({
      label: { en: 'Format', zh: '格式' },
      help: {
        en: 'MP3 with chapters, or WAV. Sentences come as raw PCM (16 bit, 24 kHz, mono).',
        zh: '带章节的 MP3，或 WAV。逐句输出为原始 PCM（16 位、24 kHz、单声道）。',
      },
      choices: { mp3: { en: 'MP3', zh: 'MP3' }, wav: { en: 'WAV', zh: 'WAV' } },
      default: 'mp3',
      shownIf: notStreamed,
    }),
    outputFile: text({
      label: { en: 'To file', zh: '写入文件' },
      help: {
        en: 'In the folder below, such as `book.mp3`; `.mp3` and `.wav` decide the format. Blank: named after the file that is read.',
        zh: '位于下方文件夹，例如 `book.mp3`；扩展名 `.mp3`、`.wav` 决定格式。留空则以读取的文件命名。',
      },
      sources: ANY_SOURCE,
      shownIf: toFile,
    }),
    folder: folderProperty,
    replace: flag({
      label: { en: 'Write over', zh: '覆盖' },
      help: {
        en: 'A file that is there and is not the beginning of this reading is replaced. Otherwise it is an error, and the file stays.',
        zh: '若文件已存在且不是本次朗读的未完成部分，则覆盖。否则报错并保留原文件。',
      },
      default: false,
      shownIf: toFile,
    }),
    subtitles: choice({
      label: { en: 'Subtitles', zh: '字幕' },
      help: {
        en: 'Beside the file, or in `msg.subtitles`. Word times are JSON.',
        zh: '与音频文件放在一起，或在 `msg.subtitles` 中。逐词时间为 JSON。',
      },
      choices: {
        none: { en: 'none', zh: '无' },
        srt: { en: 'SRT', zh: 'SRT' },
        vtt: { en: 'WebVTT', zh: 'WebVTT' },
        all: { en: 'SRT, WebVTT and word times', zh: 'SRT、WebVTT 和逐词时间' },
      },
      default: 'none',
      shownIf: notStreamed,
    }),
    ...servedUrlProperties,
    dryRun: flag({
      label: { en: 'Estimate only', zh: '仅估算' },
      help: {
        en: 'Nothing is sent to the service: the event `estimate` tells characters, requests, length and price.',
        zh: '不向服务发送任何内容：事件 `estimate` 给出字符数、请求数、时长和价格。',
      },
      default: false,
      message: 'dryRun',
    }),
    maxCharacters: number({
      label: { en: 'Most characters', zh: '字符上限' },
      help: {
        en: 'A longer text is an error before anything is sent, and costs nothing.',
        zh: '超出上限的文本在发送前即报错，不产生费用。',
      },
      min: 1,
      max: 10_000_000,
      integer: true,
      default: 100_000,
    }),
    title: text({
      label: { en: 'Title', zh: '标题' },
      help: { en: 'The title that an MP3 carries.', zh: '写入 MP3 的标题。' },
      sources: ANY_SOURCE,
      isAdvanced: true,
      shownIf: notStreamed,
    }),
    author: text({
      label: { en: 'Author', zh: '作者' },
      help: { en: 'The author that an MP3 carries.', zh: '写入 MP3 的作者。' },
      sources: ANY_SOURCE,
      isAdvanced: true,
      shownIf: notStreamed,
    }),
    ...queueProperties,
  },
  input: {
    text: { en: 'What to read, and how.', zh: '要朗读的内容和方式。' },
    fields: [
      {
        name: 'payload',
        type: 'string | buffer | array',
        text: { en: 'What to read.', zh: '要朗读的内容。' },
      },
      {
        name: 'sessionId',
        type: 'string',
        text: {
          en: 'Texts of one session are read in turn, those of several side by side.',
          zh: '同一会话的文本依次朗读，不同会话同时进行。',
        },
        optional: true,
      },
    ],
  },
  actions: {
    cancel: {
      en: 'Ends what is being read and forgets what waits. A file stays as far as it is; the same message goes on from there.',
      zh: '停止当前朗读并清空队列。文件保留已完成的部分；再次发送相同消息会从那里继续。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
  },
  outputs: [
    {
      label: { en: 'audio', zh: '音频' },
      text: {
        en: 'The sound; a Join node makes one of its sentences.',
        zh: '声音；Join 节点可将各句合并。',
      },
      fields: [
        {
          name: 'payload',
          type: 'buffer | string',
          text: {
            en: 'The sound, the path of its file, or its address.',
            zh: '音频数据、文件路径或地址。',
          },
        },
        {
          name: 'chapters',
          type: 'array',
          text: {
            en: 'Chapters with `title`, `startMs`, `endMs`.',
            zh: '章节列表：`title`、`startMs`、`endMs`。',
          },
          optional: true,
        },
        {
          name: 'subtitles',
          type: 'object',
          text: {
            en: '`srt`, `vtt`, `words`: their text, or the paths of their files.',
            zh: '`srt`、`vtt`、`words`：字幕文本，或其文件路径。',
          },
          optional: true,
        },
        {
          name: 'sentence',
          type: 'object',
          text: {
            en: 'Of a stream: `text`, `startMs`, `endMs`, `words`, `chapter`, `kind`, `speaker`, `source`.',
            zh: '逐句输出时：`text`、`startMs`、`endMs`、`words`、`chapter`、`kind`、`speaker`、`source`。',
          },
          optional: true,
        },
        {
          name: 'parts',
          type: 'object',
          text: {
            en: 'Of a stream: on each message, so that a Join node rebuilds the whole. The last is empty and has `complete: true`.',
            zh: '逐句输出时每条消息都带有，Join 节点可据此还原。最后一条为空，并带有 `complete: true`。',
          },
          optional: true,
        },
        {
          name: 'filename',
          type: 'string',
          text: {
            en: 'The path of the file, as file nodes take it.',
            zh: '文件路径，可供文件节点使用。',
          },
          optional: true,
        },
        ...AUDIO_FIELDS,
        EXPIRES_AT_FIELD,
      ],
    },
    {
      label: { en: 'events', zh: '事件' },
      text: { en: 'How far it is, and what happens.', zh: '进度与过程事件。' },
      fields: [
        {
          name: 'event',
          type: 'string',
          text: {
            en: '`estimate`, `progress` (with each percent), `sentence`, `skipped`, `waiting`, `done`, `cancelled`, `dropped`.',
            zh: '`estimate`、`progress`（每个百分点）、`sentence`、`skipped`、`waiting`、`done`、`cancelled`、`dropped`。',
          },
        },
        {
          name: 'payload',
          type: 'object',
          text: {
            en: 'Of an estimate `sentences`, `characters`, `billedUnits`, `requests`, `durationMs`, `cost`, `maxCharacters`, `isAllowed`, and as `unpaid` what is left of it; of progress `percent`, `chapter`, `sentences`, `characters`, `paidCharacters`, `requests`, `cost`, `durationMs`, `restMs`, `restDurationMs`; of what is skipped `chapter`, `sentence`, `source`, `atMs`, `code`; of waiting `reason`, `waitMs`, `code`; of a sentence what `msg.sentence` says; in the end what `msg.stepvoice` says, `durationMs` and `skipped`, with a whole sound `sentences`, `chapters` and `isResumed`, too.',
            zh: '估算：`sentences`、`characters`、`billedUnits`、`requests`、`durationMs`、`cost`、`maxCharacters`、`isAllowed`，以及 `unpaid`（其中尚未付费的部分）；进度：`percent`、`chapter`、`sentences`、`characters`、`paidCharacters`、`requests`、`cost`、`durationMs`、`restMs`、`restDurationMs`；跳过：`chapter`、`sentence`、`source`、`atMs`、`code`；等待：`reason`、`waitMs`、`code`；句子：同 `msg.sentence`；结束：`msg.stepvoice` 的内容、`durationMs`、`skipped`，完整音频还有 `sentences`、`chapters`、`isResumed`。',
          },
        },
      ],
    },
  ],
  statuses: {},
  details: {
    en: [
      'Text of any length is cut into sentences and asked for in few requests, within the limits of the account. A sentence that the service does not speak becomes a pause and the event `skipped`; one bad sentence does not end a book.',
      '',
      'A **file** goes on where it was after a cancel, an error or a restart: send the same message again. Speech that was paid for is kept in `.stepvoice-speech` in the folder, so that a changed text costs what has changed. Files are read and written in the folder of this node and nowhere else.',
      '',
      'A stream of sentences that is cancelled or fails ends with an empty message that has `stepvoice.isCut`.',
      '',
      'Headings become chapters, or give an array of chapters. Set *Estimate only*, or `msg.dryRun` to `true`, to know the price before.',
    ].join('\n'),
    zh: [
      '任意长度的文本会按句切分，在账户限额内以尽量少的请求合成。服务拒绝朗读的句子会变成停顿并触发 `skipped` 事件，不会中断整本书。',
      '',
      '**文件**在取消、出错或重启后可以续写：再次发送相同消息即可。已付费的语音保存在文件夹的 `.stepvoice-speech` 中，修改文本后只需支付改动部分。只会读写此节点所设文件夹中的文件。',
      '',
      '逐句输出被取消或失败时，以带有 `stepvoice.isCut` 的空消息结束。',
      '',
      '标题会成为章节，也可以直接提供章节数组。勾选“仅估算”或将 `msg.dryRun` 设为 `true`，可以事先了解价格。',
    ].join('\n'),
  },
});
