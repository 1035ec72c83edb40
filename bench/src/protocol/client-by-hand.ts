import { API_KEY, ASR_FRAME_SAMPLES, ASR_RATE, REALTIME_MODEL, VOICE } from './protocol-client.ts';
import type { OpenProtocolClient } from './protocol-client.ts';

type Event = { type: string; delta?: string; transcript?: string; text?: string };

const HEADERS = { authorization: `Bearer ${API_KEY}` };
/** Enough to keep a connection busy. */
const MOST_BUFFERED = 1024 * 1024;

/** `ws` and `fetch`, as somebody writes it who has read the documentation well. */
export const openClientByHand: OpenProtocolClient = async (baseUrl) => {
  const { WebSocket } = await import('ws');
  const socketUrl = baseUrl.replace('http', 'ws');
  return {
    async openRealtime(onArrival) {
      const socket = new WebSocket(`${socketUrl}/realtime?model=${REALTIME_MODEL}`, {
        headers: HEADERS,
      });
      const send = (event: object): void => socket.send(JSON.stringify(event));
      let onAudio: ((samples: Int16Array) => void) | undefined;
      let onDone: (() => void) | undefined;
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('message', (data: Buffer) => {
          onArrival?.();
          const event = JSON.parse(data.toString()) as Event;
          switch (event.type) {
            case 'session.created':
              send({ type: 'session.update', session: { voice: VOICE, turn_detection: null } });
              return;
            case 'session.updated':
              resolve();
              return;
            case 'response.audio.delta': {
              const bytes = Buffer.from(event.delta ?? '', 'base64');
              const copy = new Uint8Array(bytes);
              onAudio?.(new Int16Array(copy.buffer, 0, copy.length >> 1));
              return;
            }
            case 'response.done':
              onDone?.();
          }
        });
      });
      return {
        write(samples) {
          const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
          send({ type: 'input_audio_buffer.append', audio: bytes.toString('base64') });
        },
        ask(listener) {
          onAudio = listener;
          const content = [{ type: 'input_text', text: 'hi' }];
          send({
            type: 'conversation.item.create',
            item: { type: 'message', role: 'user', content },
          });
          send({ type: 'response.create' });
          return new Promise((resolve) => (onDone = resolve));
        },
        close: () => socket.close(1000),
      };
    },

    async transcribe(samples) {
      const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      const format = { type: 'pcm', codec: 'pcm_s16le', rate: ASR_RATE, bits: 16, channel: 1 };
      const answer = await fetch(`${baseUrl}/audio/asr/sse`, {
        method: 'POST',
        headers: {
          ...HEADERS,
          'content-type': 'application/json',
          accept: 'text/event-stream',
        },
        body: JSON.stringify({
          audio: {
            data: bytes.toString('base64'),
            input: { transcription: { model: 'stepaudio-2.5-asr' }, format },
          },
        }),
      });
      const events = (await answer.text()).split('\n\n').filter((event) => event !== '');
      const last = JSON.parse((events.at(-1) ?? '').replace('data: ', '')) as Event;
      return last.text ?? '';
    },

    async transcribeOverSocket(samples) {
      const socket = new WebSocket(`${socketUrl}/realtime/asr/stream`, { headers: HEADERS });
      const send = (event: object): void => socket.send(JSON.stringify(event));
      const upload = async (): Promise<void> => {
        for (let at = 0; at < samples.length; at += ASR_FRAME_SAMPLES) {
          const frame = samples.subarray(at, at + ASR_FRAME_SAMPLES);
          const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
          send({ type: 'input_audio_buffer.append', audio: bytes.toString('base64') });
          while (socket.bufferedAmount > MOST_BUFFERED) {
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
        send({ type: 'input_audio_buffer.commit' });
      };
      return new Promise((resolve, reject) => {
        socket.on('error', reject);
        socket.on('message', (data: Buffer) => {
          const event = JSON.parse(data.toString()) as Event;
          switch (event.type) {
            case 'session.created': {
              const format = { type: 'pcm', codec: 'pcm_s16le', rate: ASR_RATE, bits: 16 };
              const transcription = { model: 'stepaudio-2.5-asr-stream' };
              send({
                type: 'session.update',
                session: { audio: { input: { format: { ...format, channel: 1 }, transcription } } },
              });
              return;
            }
            case 'session.updated':
              upload().catch(reject);
              return;
            case 'conversation.item.input_audio_transcription.completed':
              socket.close(1000);
              resolve(event.transcript ?? '');
          }
        });
      });
    },
  };
};
