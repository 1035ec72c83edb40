const PROCESSOR = `
  registerProcessor('sound-capture', class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.firstFrame = currentFrame;
      this.port.onmessage = () => this.port.postMessage([this.firstFrame, this.blocks]);
    }
    process([input], [output]) {
      const channel = input[0];
      this.blocks.push(channel === undefined ? new Float32Array(128) : channel.slice());
      if (channel !== undefined) output[0].set(channel);
      return true;
    }
  });
`;

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
      const [firstFrame, blocks] = await new Promise<[number, Float32Array[]]>((resolve) => {
        const onMessage = ({ data }: MessageEvent<[number, Float32Array[]]>) => resolve(data);
        node.port.addEventListener('message', onMessage, { once: true });
        node.port.start();
        node.port.postMessage('read');
      });
      const sound = new Float32Array(firstFrame + blocks.length * 128);
      for (const [index, block] of blocks.entries()) sound.set(block, firstFrame + index * 128);
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
