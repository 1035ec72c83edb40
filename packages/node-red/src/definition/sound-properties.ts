import { choice, input, number } from './node-definition.ts';

/** What comes in, of all nodes that take sound. */
export const soundProperties = {
  sound: input({
    label: { en: 'Sound', zh: '声音' },
    help: {
      en: 'A Buffer with a sound file or raw PCM, or a data URL. Default: the payload.',
      zh: '包含音频文件或原始 PCM 的 Buffer，或 data URL。默认为 payload。',
    },
  }),
  inputFormat: choice({
    label: { en: 'Format', zh: '输入格式' },
    help: {
      en: 'Found out by `msg.audio` and by the first bytes. Only raw PCM of other nodes, such as a microphone’s frames from a websocket, has nothing to tell it by: choose it here.',
      zh: '根据 `msg.audio` 和开头的字节自动识别。只有来自其他节点的原始 PCM（例如 WebSocket 传来的麦克风数据）无法识别，需在此选择。',
    },
    choices: {
      auto: { en: 'find out', zh: '自动识别' },
      pcm: { en: 'raw PCM (16 bit)', zh: '原始 PCM（16 位）' },
    },
    default: 'auto',
  }),
  inputRate: number({
    label: { en: 'Sample rate', zh: '采样率' },
    help: {
      en: 'Of raw PCM that does not say it in `msg.audio`.',
      zh: '原始 PCM 的采样率，`msg.audio` 中未注明时使用。',
    },
    min: 1000,
    max: 768_000,
    integer: true,
    unit: { en: 'Hz', zh: 'Hz' },
    default: 16_000,
    shownIf: { property: 'inputFormat', is: ['pcm'] },
  }),
  inputChannels: number({
    label: { en: 'Channels', zh: '声道数' },
    help: {
      en: 'Of raw PCM, likewise. More than one are mixed.',
      zh: '原始 PCM 的声道数，同上。多个声道会混合为一个。',
    },
    min: 1,
    max: 8,
    integer: true,
    default: 1,
    isAdvanced: true,
    shownIf: { property: 'inputFormat', is: ['pcm'] },
  }),
};
