const PROCESSOR = `
  registerProcessor('sound-capture', class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.port.onmessage = () => this.port.postMessage(this.blocks);
    }
    process([input], [output]) {
      const channel = input[0];
      // It is not called for every block: not before it is connected, nor while the context is being suspended.
      if (channel !== undefined) {
        this.blocks.push({ frame: currentFrame, samples: channel.slice() });
        output[0].set(channel);
      }
      return true;
    }
  });
`;

type Block = { frame: number; samples: Float32Array };

/** Hears what goes through a place of the audio graph, to the sample. */
export type SoundCapture = {
  readonly node: AudioNode;
  /** Everything since the context began: a sample stands at its frame of the context's time. */
  read(): Promise<Float32Array>;
};

export async function captureSound(context: AudioContext): Promise<SoundCapture> {
  const url = URL.createObjectURL(new Blob([PROCESSOR], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(url);
  URL.revokeObjectURL(url);
  const node = new AudioWorkletNode(context, 'sound-capture', {
    channelCount: 1,
    channelCountMode: 'explicit',
    outputChannelCount: [1],
  });
  node.connect(context.destination);
  return {
    node,
    async read() {
      const blocks = await new Promise<Block[]>((resolve) => {
        const onMessage = ({ data }: MessageEvent<Block[]>) => resolve(data);
        node.port.addEventListener('message', onMessage, { once: true });
        node.port.start();
        node.port.postMessage('read');
      });
      const last = blocks.at(-1);
      const sound = new Float32Array(last === undefined ? 0 : last.frame + last.samples.length);
      for (const { frame, samples } of blocks) sound.set(samples, frame);
      return sound;
    },
  };
}

/** Stretches of sound, parted by silence of at least `gapSamples`. */
export function stretches(
  sound: Float32Array,
  { gapSamples, floor }: { gapSamples: number; floor: number },
): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const [index, value] of sound.entries()) {
    if (Math.abs(value) <= floor) continue;
    const last = found.at(-1);
    if (last !== undefined && index - last.end < gapSamples) last.end = index + 1;
    else found.push({ start: index, end: index + 1 });
  }
  return found;
}
