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

export const voiceDefinition = defineNode({
  type: 'stepvoice-voice',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'voices', zh: '音色管理' },
  summary: {
    en: 'Clones a voice from a clip, tries it out, and lists the voices of an account.',
    zh: '用录音克隆音色、试听音色，并列出账户可用的音色。',
  },
  icon: 'stepvoice-voice.svg',
  color: COLORS.speaking,
  properties: {
    account: account(),
    // Not from a message: what costs money, and what deletes, is decided by whoever makes the flow.
    operation: choice({
      label: { en: 'Do', zh: '操作' },
      help: {
        en: 'List voices, check a clip without sending it, let a voice or a clip speak a sample, clone a voice, or delete a stored clip.',
        zh: '列出音色、本地检查录音（不上传）、试听音色或录音效果、克隆音色，或删除已上传的录音。',
      },
      choices: {
        list: { en: 'list voices', zh: '列出音色' },
        check: { en: 'check a clip', zh: '检查录音' },
        preview: { en: 'preview', zh: '试听' },
        clone: { en: 'clone a voice', zh: '克隆音色' },
        delete: { en: 'delete a stored clip', zh: '删除已上传的录音' },
      },
      default: 'list',
    }),
    include: choice({
      label: { en: 'Voices', zh: '范围' },
      help: { en: 'Which voices to list.', zh: '要列出的音色范围。' },
      choices: {
        all: { en: 'all', zh: '全部' },
        system: { en: 'official ones', zh: '官方音色' },
        own: { en: 'own clones', zh: '自己的克隆音色' },
      },
      default: 'all',
      shownIf: { property: 'operation', is: ['list'] },
    }),
    clip: input({
      label: { en: 'Clip', zh: '录音' },
      help: {
        en: '5 to 10 s of one person speaking, as WAV or MP3 in a Buffer. Not looked at where a file id is given.',
        zh: '一个人说话的 5 到 10 秒录音，Buffer 形式的 WAV 或 MP3。填写文件 ID 时不使用。',
      },
      shownIf: { property: 'operation', is: ['check', 'preview', 'clone'] },
    }),
    fileId: text({
      label: { en: 'File id', zh: '文件 ID' },
      help: {
        en: 'A clip that was uploaded before, such as by a preview. `msg.fileId` wins.',
        zh: '之前上传过的录音，例如试听时上传的录音。`msg.fileId` 优先。',
      },
      sources: ANY_SOURCE,
      message: 'fileId',
      shownIf: { property: 'operation', is: ['preview', 'clone', 'delete'] },
    }),
    consentBy: text({
      label: { en: 'Whose voice', zh: '声音属于谁' },
      help: {
        en: 'The person who speaks in the clip. A voice belongs to whoever speaks with it: without consent nothing is cloned. It is not sent to the service.',
        zh: '录音中说话的人。声音属于说话者本人，未取得同意不会克隆。此信息不会发送给服务端。',
      },
      sources: ANY_SOURCE,
      shownIf: { property: 'operation', is: ['clone'] },
    }),
    consentHow: text({
      label: { en: 'Consent given', zh: '同意方式' },
      help: {
        en: 'How that person agreed: `own-voice`, `in-writing`, `recorded`, or in other words.',
        zh: '本人如何同意：`own-voice`（自己的声音）、`in-writing`（书面）、`recorded`（录音），或其他说明。',
      },
      placeholder: { en: 'in-writing', zh: 'in-writing' },
      sources: ANY_SOURCE,
      shownIf: { property: 'operation', is: ['clone'] },
    }),
    transcript: text({
      label: { en: 'Clip says', zh: '录音文字' },
      help: {
        en: 'What is said in the clip, word for word. Blank: the service listens for itself.',
        zh: '录音的逐字内容。留空则由服务端识别。',
      },
      sources: ANY_SOURCE,
      message: 'transcript',
      shownIf: { property: 'operation', is: ['preview', 'clone'] },
    }),
    voice: voice({
      label: { en: 'Voice', zh: '音色' },
      help: {
        en: 'The voice to hear. Blank: the clip is heard, before it is cloned. `msg.voice` wins.',
        zh: '要试听的音色。留空则试听录音的克隆效果（不会克隆）。`msg.voice` 优先。',
      },
      default: '',
      sources: ANY_SOURCE,
      message: 'voice',
      shownIf: { property: 'operation', is: ['preview'] },
    }),
    text: text({
      label: { en: 'Sample text', zh: '试听文本' },
      help: {
        en: 'What a preview says. The service charges for it; 50 characters are enough.',
        zh: '试听时朗读的内容，按字数计费，建议不超过 50 个字符。',
      },
      default: '你好，这是我的声音。Hello, this is my voice.',
      sources: ANY_SOURCE,
      message: 'text',
      shownIf: { property: 'operation', is: ['preview'] },
    }),
    model: model({
      label: { en: 'Model', zh: '模型' },
      help: {
        en: 'The model that will speak with the voice. Blank for the default.',
        zh: '将使用该音色的模型。留空使用默认模型。',
      },
      models: 'speech',
      sources: ANY_SOURCE,
    }),
    clonesPerDay: number({
      label: { en: 'Clones a day', zh: '每日克隆上限' },
      help: {
        en: 'Each clone is charged. One more within 24 hours is an error with code `clone_limit`; a restart counts anew.',
        zh: '每次克隆都会计费。24 小时内超出上限时报错，代码为 `clone_limit`；重启后重新计数。',
      },
      min: 1,
      max: 1000,
      integer: true,
      default: 10,
      isAdvanced: true,
      shownIf: { property: 'operation', is: ['clone'] },
    }),
    ...queueProperties,
  },
  input: {
    text: {
      en: 'Each message does what the node is set to.',
      zh: '每条消息执行一次所选操作。',
    },
    fields: [
      {
        name: 'payload',
        type: 'buffer',
        text: { en: 'The clip, as WAV or MP3.', zh: 'WAV 或 MP3 录音。' },
        optional: true,
      },
      {
        name: 'fileId',
        type: 'string',
        text: { en: 'A stored clip in its place.', zh: '改用已上传的录音。' },
        optional: true,
      },
      {
        name: 'voice',
        type: 'string',
        text: { en: 'The voice to hear in a preview.', zh: '要试听的音色。' },
        optional: true,
      },
      {
        name: 'transcript',
        type: 'string',
        text: { en: 'What the clip says.', zh: '录音的逐字内容。' },
        optional: true,
      },
      {
        name: 'text',
        type: 'string',
        text: { en: 'What a preview says.', zh: '试听时朗读的内容。' },
        optional: true,
      },
    ],
  },
  actions: {
    cancel: {
      en: 'Ends what is being done and forgets what waits. A voice that is being cloned may be there all the same.',
      zh: '停止当前操作并清空队列。正在克隆的音色仍可能已经生成。',
    },
    clear: { en: 'Forgets what waits.', zh: '清空队列。' },
  },
  outputs: [
    {
      label: { en: 'result', zh: '结果' },
      text: { en: 'What came of it.', zh: '操作结果。' },
      fields: [
        {
          name: 'payload',
          type: 'string | buffer | array | object',
          text: {
            en: 'Cloned: the id of the voice. Preview: the sound. List: an array of voices. Check: what was found about the clip. Deleted: the id of the file.',
            zh: '克隆：音色 ID。试听：音频。列表：音色数组。检查：录音分析结果。删除：文件 ID。',
          },
        },
        {
          name: 'voice',
          type: 'string',
          text: {
            en: 'The cloned voice: a speak node behind this one speaks with it.',
            zh: '克隆的音色，可直接供后面的语音合成节点使用。',
          },
        },
        {
          name: 'fileId',
          type: 'string',
          text: { en: 'The stored clip.', zh: '已上传的录音。' },
        },
        {
          name: 'warnings',
          type: 'array',
          text: {
            en: 'What could be better about the clip, each with `code` and `message`.',
            zh: '录音的不足之处，每项含 `code` 和 `message`。',
          },
        },
        {
          name: 'clip',
          type: 'object',
          text: {
            en: 'What was found about a clip that was cloned from.',
            zh: '用于克隆的录音的分析结果。',
          },
        },
        {
          name: 'duplicated',
          type: 'boolean',
          text: {
            en: 'The same was cloned before, and this is the voice from then: it is not charged again.',
            zh: '相同的请求之前已克隆过，返回的是当时的音色，不再计费。',
          },
        },
        ...AUDIO_FIELDS,
      ],
    },
    {
      label: { en: 'events', zh: '事件' },
      text: { en: 'What happens meanwhile.', zh: '过程事件。' },
      fields: [
        {
          name: 'event',
          type: 'string',
          text: {
            en: '`warning`, `cancelled`, `dropped`.',
            zh: '`warning`、`cancelled`、`dropped`。',
          },
        },
        {
          name: 'payload',
          type: 'object',
          text: {
            en: 'Of a warning its `code` and `message`.',
            zh: '警告的 `code` 和 `message`。',
          },
        },
      ],
    },
  ],
  statuses: {
    cloning: { en: 'cloning', zh: '克隆中' },
  },
  details: {
    en: `**Cloning** needs the consent of the person who speaks: who it is, and how they agreed. Without it, nothing leaves this machine. Each clone is charged by the service.

A **preview** without a voice uploads the clip and lets it speak without making a voice; its \`msg.fileId\` can be handed on to a node that clones or deletes.

The service keeps a cloned voice until it is deleted in its console: there is no request for that. **Delete** removes the stored clip, and the voice stays.`,
    zh: `**克隆**须取得说话者本人的同意：填写声音属于谁、以何种方式同意。未填写时不会发送任何数据。每次克隆都会计费。

未指定音色的**试听**会上传录音并直接朗读示例，不会生成音色；输出的 \`msg.fileId\` 可交给后面的节点克隆或删除。

克隆的音色只能在服务商控制台删除，没有相应接口。**删除**只移除已上传的录音，音色仍会保留。`,
  },
});
