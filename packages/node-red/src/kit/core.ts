// The library is loaded with its first use: Node-RED starts no slower for having these nodes in its palette.

export const loadCore = (): Promise<typeof import('@stepvoice/core/node')> =>
  import('@stepvoice/core/node');
export const loadAudio = (): Promise<typeof import('@stepvoice/core/audio')> =>
  import('@stepvoice/core/audio');
export const loadText = (): Promise<typeof import('@stepvoice/core/text')> =>
  import('@stepvoice/core/text');
export const loadNarration = (): Promise<typeof import('@stepvoice/core/narration')> =>
  import('@stepvoice/core/narration');
