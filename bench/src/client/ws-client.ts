import { API_KEY, MODEL, SENTENCE, VOICE } from './speech-client.ts';
import type { OpenSpeechClient } from './speech-client.ts';

type SocketEvent = { type: string; data: { session_id: string; audio?: string; message?: string } };

/** The documented sample: `ws` and the protocol by hand. The sample has no `pause`. */
export const openWsClient: OpenSpeechClient = (baseUrl) => openSocketClient(baseUrl, false);

/** The sample as somebody writes it who met a slow consumer. */
export const openPausingWsClient: OpenSpeechClient = (baseUrl) => openSocketClient(baseUrl, true);

async function openSocketClient(baseUrl: string, pausing: boolean): ReturnType<OpenSpeechClient> {
  const { WebSocket } = await import('ws');
  const address = `${baseUrl.replace('http', 'ws')}/realtime/audio?model=${MODEL}`;
  return {
    speak: ({ signal, text, unknownOptions }, onAudio) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(address, { headers: { authorization: `Bearer ${API_KEY}` } });
        signal?.addEventListener('abort', () => socket.close(), { once: true });
        socket.on('error', reject);
        socket.on('close', resolve);
        let held = 0;
        socket.on('message', (message: Buffer) => {
          const event = JSON.parse(message.toString()) as SocketEvent;
          const session = { session_id: event.data.session_id };
          const send = (type: string, data: object = {}): void =>
            socket.send(JSON.stringify({ type, data: { ...session, ...data } }));
          switch (event.type) {
            case 'tts.connection.done':
              send('tts.create', { voice_id: VOICE, response_format: 'pcm', ...unknownOptions });
              send('tts.text.delta', { text: text ?? SENTENCE });
              send('tts.text.done');
              return;
            case 'tts.response.audio.delta': {
              const audio = Buffer.from(event.data.audio ?? '', 'base64');
              const taken = onAudio(audio);
              if (taken === undefined || !pausing) return;
              // Messages that were read together still come after a pause.
              if ((held += 1) === 1) socket.pause();
              taken.then(() => {
                if ((held -= 1) === 0) socket.resume();
              }, reject);
              return;
            }
            case 'tts.response.audio.done':
              resolve();
          }
        });
      }),
  };
}
