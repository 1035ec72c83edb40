import { API_KEY, ASR_FRAME_SAMPLES, ASR_RATE, VOICE } from './protocol-client.ts';
import type { OpenProtocolClient } from './protocol-client.ts';

/** Ours, as its README shows it. */
export const openStepvoiceClient: OpenProtocolClient = async (baseUrl) => {
  const { StepAudio, createNodeRuntime } = await import('@stepvoice/core/node');
  const runtime = createNodeRuntime();
  let onArrival: (() => void) | undefined;
  const { realtime, transcription } = new StepAudio({
    apiKey: API_KEY,
    baseURL: baseUrl,
    runtime: {
      ...runtime,
      openSocket: async (url, opening) => {
        const socket = await runtime.openSocket!(url, opening);
        if (onArrival !== undefined) socket.addEventListener('message', onArrival);
        return socket;
      },
    },
    // Two hundred conversations are no burst of requests.
    limiter: { acquire: () => Promise.resolve({ release: () => undefined }) },
  });
  return {
    async openRealtime(listener) {
      onArrival = listener;
      const session = await realtime.connect({ voice: VOICE });
      return {
        write: (samples) => session.write(samples, 24_000),
        async ask(onAudio) {
          await session.say('hi');
          // Leaving a loop over it would close the session.
          for (;;) {
            const { value: event, done } = await session.next();
            if (done === true || event.type === 'response-done') return;
            if (event.type === 'audio') onAudio(event.samples);
          }
        },
        close: () => session.close(),
      };
    },
    async transcribe(samples) {
      const pcm = { samples, sampleRate: ASR_RATE };
      const { text } = await transcription.stream(pcm, { maxCallSeconds: 1800 }).text();
      return text;
    },
    async transcribeOverSocket(samples) {
      const socket = await transcription.connect({ sampleRate: ASR_RATE });
      const upload = async (): Promise<void> => {
        for (let at = 0; at < samples.length; at += ASR_FRAME_SAMPLES) {
          if (!socket.write(samples.subarray(at, at + ASR_FRAME_SAMPLES))) await socket.drained();
        }
        socket.end();
      };
      void upload();
      let text = '';
      for await (const event of socket) if (event.type === 'final') text += event.text;
      return text;
    },
  };
};
