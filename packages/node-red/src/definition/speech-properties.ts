import { ANY_SOURCE, model, number, text } from './node-definition.ts';

/** What shapes speech, of all nodes that speak by a speech model. */
export const speechModel = model({
  label: { en: 'Model', zh: '模型' },
  help: { en: 'Blank for the default.', zh: '留空使用默认模型。' },
  models: 'speech',
  sources: ANY_SOURCE,
});

export const speechSpeed = number({
  label: { en: 'Speed', zh: '语速' },
  help: { en: '1 is the voice’s own.', zh: '1 为原速。' },
  min: 0.5,
  max: 2,
  default: 1,
  sources: ANY_SOURCE,
  message: 'speed',
  widget: 'slider',
});

export const speechInstruction = text({
  label: { en: 'Instruction', zh: '指令' },
  help: {
    en: 'How to speak, in words. Up to 200 characters, with `stepaudio-3-tts` 500; the `step-tts` models take none.',
    zh: '用文字描述如何朗读。最多 200 个字符，`stepaudio-3-tts` 为 500；`step-tts` 系列不支持。',
  },
  sources: ANY_SOURCE,
  message: 'instruction',
});
