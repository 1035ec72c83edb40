import { StepAudio } from '@stepvoice/core';
import { BYTES_PER_SECOND } from '../../service/answer.ts';
import { listenSlowly } from './slow-consumer.ts';

const SENTENCE = 'The train to the coast leaves at eight from the second platform. ';

export type UnpausableSocketTask = {
  baseUrl: string;
  forMs: number;
  timesRealTime: number;
  writes: number;
  sentencesPerWrite: number;
};

/**
 * Listens slowly to much text over the platform's own WebSocket, which reads on whatever its owner does, and gives the most
 * audio that had arrived and was not yet heard.
 */
export async function measureUnpausableSocket({
  baseUrl,
  forMs,
  timesRealTime,
  writes,
  sentencesPerWrite,
}: UnpausableSocketTask): Promise<{ heldSeconds: number; heardSeconds: number }> {
  const listener = listenSlowly(timesRealTime);
  let arrivedBytes = 0;
  let mostHeldBytes = 0;
  const arrivals = countArrivals((bytes) => {
    arrivedBytes += bytes;
    mostHeldBytes = Math.max(mostHeldBytes, arrivedBytes - listener.heardBytes());
  });

  const { speech } = new StepAudio({ apiKey: 'bench', baseURL: baseUrl, keyInSubprotocol: true });
  const socket = await speech.connect({ voice: 'cixingnansheng', format: 'pcm' });
  const listen = async (): Promise<void> => {
    for await (const audio of socket.audio()) await listener.onAudio(audio);
  };
  const listened = listen();
  const text = SENTENCE.repeat(sentencesPerWrite);
  for (let count = 0; count < writes; count += 1) socket.write(text);
  socket.end();
  const time = new Promise((resolve) => setTimeout(resolve, forMs));
  // The time is up long before all is heard; a failure must show at once.
  await Promise.race([listened, time]);
  arrivals.stop();
  return {
    heldSeconds: mostHeldBytes / BYTES_PER_SECOND,
    heardSeconds: listener.heardBytes() / BYTES_PER_SECOND,
  };
}

/** Listens in on every WebSocket that is opened from now on. */
function countArrivals(onAudio: (bytes: number) => void): { stop: () => void } {
  const Platform = globalThis.WebSocket;
  globalThis.WebSocket = class extends Platform {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      this.addEventListener('message', ({ data }: { data: unknown }) => {
        const { audio } = (JSON.parse(String(data)) as { data: { audio?: string } }).data;
        if (audio !== undefined) onAudio((audio.length / 4) * 3);
      });
    }
  };
  return { stop: () => (globalThis.WebSocket = Platform) };
}
