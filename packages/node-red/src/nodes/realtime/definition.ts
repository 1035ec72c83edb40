import {
  ANY_SOURCE,
  account,
  choice,
  defineNode,
  flag,
  model,
  number,
  optionalNumber,
  text,
  tools,
  voice,
} from '../../definition/node-definition.ts';
import { COLORS } from '../../definition/palette.ts';
import { realtimeActions, realtimeInput } from './input-definition.ts';
import { realtimeDetails } from './details.ts';
import { realtimeOutputs } from './output-definition.ts';

export const realtimeDefinition = defineNode({
  type: 'stepvoice-realtime',
  version: 1,
  migrations: [],
  isConfig: false,
  label: { en: 'talk', zh: '实时对话' },
  summary: {
    en: 'Holds a conversation by voice, in which either side may interrupt and the model may call your flows.',
    zh: '进行语音对话：可随时打断，模型还能调用流程中的工具。',
  },
  icon: 'stepvoice-realtime.svg',
  color: COLORS.talking,
  properties: {
    account: account(),
    model: model({
      label: { en: 'Model', zh: '模型' },
      help: {
        en: 'Who listens and answers. Blank for the default.',
        zh: '负责聆听和回答的模型，留空使用默认模型。',
      },
      models: 'realtime',
    }),
    voice: voice({
      label: { en: 'Voice', zh: '音色' },
      help: {
        en: 'Of the answers: an official voice or a clone of yours. It cannot change once a conversation has sounded.',
        zh: '回答使用的音色：官方音色或自己的克隆音色。对话开始发声后不能更换。',
      },
      default: 'cixingnansheng',
      sources: ANY_SOURCE,
      message: 'voice',
    }),
    instructions: text({
      label: { en: 'Instructions', zh: '指令' },
      help: {
        en: 'Who the model is and how it should answer. Models call tools more reliably when these are in English.',
        zh: '设定模型的身份和回答方式。使用英文指令时，模型调用工具更可靠。',
      },
      widget: 'multiline',
      sources: ANY_SOURCE,
      message: 'instructions',
    }),
    turns: choice({
      label: { en: 'Turns', zh: '轮次' },
      help: {
        en: 'Who decides that the user has finished: the service, by listening for a pause, or a button. With a button, a turn ends with the last message of its stream, with `talk-stop` from a `stepvoice-play` node, or with the command `flush`.',
        zh: '由谁判断用户说完：服务端通过停顿自动判断，或由按键决定。使用按键时，收到音频流的最后一条消息、`stepvoice-play` 节点的 `talk-stop` 事件或 `flush` 命令即表示说完。',
      },
      choices: {
        server: { en: 'hands-free', zh: '免按键' },
        manual: { en: 'push-to-talk', zh: '按键说话' },
      },
      default: 'server',
    }),
    canInterrupt: flag({
      label: { en: 'May be interrupted', zh: '允许打断' },
      help: {
        en: 'Whether an answer falls silent when the user speaks or writes into it. Switch it off where the microphone hears the loudspeaker.',
        zh: '用户插话或发来文本时，是否停止当前回答。如果麦克风会收到扬声器的声音，请关闭此项。',
      },
      default: true,
    }),
    tools: tools({
      label: { en: 'Tools', zh: '工具' },
      help: {
        en: 'What the model may ask your flow to do. Calls leave at the third output; send the answer back with the same `msg.call_id`.',
        zh: '模型可以请求流程执行的工具。调用从第三个输出发出，请带着相同的 `msg.call_id` 把结果发回。',
      },
      message: 'tools',
    }),
    toolTimeoutSeconds: number({
      label: { en: 'Tools answer within', zh: '工具应答时限' },
      help: {
        en: 'After that the model is told that the tool did not answer, and goes on without it.',
        zh: '超过该时间后，会告知模型工具没有应答，对话继续。',
      },
      min: 1,
      max: 600,
      unit: { en: 's', zh: '秒' },
      default: 30,
      isAdvanced: true,
    }),
    output: choice({
      label: { en: 'Sound', zh: '声音' },
      help: {
        en: 'Answers as they are being spoken, for `stepvoice-play` and other players of streams, or each as one WAV when it is complete.',
        zh: '边说边输出（适合 `stepvoice-play` 等支持流式的播放器），或在每个回答完成后输出一个 WAV。',
      },
      choices: {
        stream: { en: 'a stream of PCM (24 kHz)', zh: 'PCM 流（24 kHz）' },
        whole: { en: 'one WAV per answer', zh: '每个回答一个 WAV' },
      },
      default: 'stream',
    }),
    transcripts: choice({
      label: { en: 'Transcripts', zh: '文字记录' },
      help: {
        en: 'What either side said, once it is complete, or also while it grows.',
        zh: '双方所说的内容：说完后输出，或在说的过程中持续更新。',
      },
      choices: {
        final: { en: 'when complete', zh: '说完后' },
        growing: { en: 'while they grow', zh: '持续更新' },
      },
      default: 'final',
      isAdvanced: true,
    }),
    inputRate: number({
      label: { en: 'Input rate', zh: '输入采样率' },
      help: {
        en: 'Of raw sound (16 bit, mono) that comes without `msg.audio.sampleRate`.',
        zh: '原始音频（16 位单声道）未带 `msg.audio.sampleRate` 时的采样率。',
      },
      min: 8000,
      max: 192_000,
      integer: true,
      unit: { en: 'Hz', zh: 'Hz' },
      default: 16_000,
      isAdvanced: true,
    }),
    silenceMs: optionalNumber({
      label: { en: 'Pause', zh: '停顿' },
      help: {
        en: 'So long a silence ends the user’s turn. Blank for the service’s default.',
        zh: '静音达到该时长即视为说完，留空使用服务端默认值。',
      },
      min: 20,
      max: 10_000,
      integer: true,
      unit: { en: 'ms', zh: '毫秒' },
      isAdvanced: true,
      shownIf: { property: 'turns', is: ['server'] },
    }),
    energyThreshold: optionalNumber({
      label: { en: 'Loudness', zh: '音量门限' },
      help: {
        en: 'How loud speech must be, from 0 to 5000. Higher where it is noisy. Blank for the service’s default.',
        zh: '说话需要达到的音量（0 到 5000），环境嘈杂时请调高，留空使用服务端默认值。',
      },
      min: 0,
      max: 5000,
      integer: true,
      isAdvanced: true,
      shownIf: { property: 'turns', is: ['server'] },
    }),
    webSearch: flag({
      label: { en: 'Web search', zh: '联网搜索' },
      help: {
        en: 'Lets the service look things up on the web while it answers. It may be billed.',
        zh: '允许服务端在回答时联网搜索，可能另行计费。',
      },
      default: false,
      isAdvanced: true,
    }),
    idleMinutes: number({
      label: { en: 'Sleeps after', zh: '休眠时间' },
      help: {
        en: 'So long after anybody last spoke the connection is closed. The next speech opens it again, and the conversation goes on where it was.',
        zh: '双方静默达到该时长后断开连接；再次说话时自动重连，并接着之前的对话继续。',
      },
      min: 0.1,
      max: 30,
      unit: { en: 'min', zh: '分钟' },
      default: 3,
      isAdvanced: true,
    }),
    maxSessions: number({
      label: { en: 'Conversations', zh: '会话数' },
      help: {
        en: 'So many may be connected at once, one for each `msg.sessionId` or page. One more is an error with code `too_many_sessions`.',
        zh: '可同时连接的会话数，每个 `msg.sessionId` 或页面对应一个会话。超出时报错，代码为 `too_many_sessions`。',
      },
      min: 1,
      max: 1000,
      integer: true,
      default: 10,
      isAdvanced: true,
    }),
    maxSessionMinutes: optionalNumber({
      label: { en: 'Longest', zh: '单次上限' },
      help: {
        en: 'A conversation that was connected for so long is ended, and goes on only when it is started anew. Blank for no limit.',
        zh: '单个会话的连接时长上限，到时结束，需重新开始才能继续。留空表示不限。',
      },
      min: 0.1,
      max: 1440,
      unit: { en: 'min', zh: '分钟' },
      isAdvanced: true,
    }),
    maxDayMinutes: optionalNumber({
      label: { en: 'Most a day', zh: '每日上限' },
      help: {
        en: 'All conversations of this node together are connected no longer than this in one day, by the server’s date. Blank for no limit.',
        zh: '此节点所有会话每天的连接总时长上限（按服务器日期计算）。留空表示不限。',
      },
      min: 0.1,
      max: 100_000,
      unit: { en: 'min', zh: '分钟' },
      isAdvanced: true,
    }),
    reconnects: flag({
      label: { en: 'Reconnects', zh: '自动重连' },
      help: {
        en: 'Whether a lost connection is opened again. What was said goes along as text.',
        zh: '连接中断后是否自动重连，之前的对话内容会以文字形式带入。',
      },
      default: true,
      isAdvanced: true,
    }),
  },
  input: realtimeInput,
  actions: realtimeActions,
  outputs: realtimeOutputs,
  statuses: {
    reconnecting: { en: 'reconnecting', zh: '重连中' },
    asleep: { en: 'asleep', zh: '休眠中' },
    limitReached: { en: 'limit reached', zh: '已达上限' },
  },
  details: realtimeDetails,
});

export type RealtimeProperties = (typeof realtimeDefinition)['properties'];
