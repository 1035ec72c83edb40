import type { SpeechFormat, StepAudio } from '@stepvoice/core';
import { joinBytes } from './join-bytes.ts';

export const TEXT = '火车在八点到站。';
export const VOICE = 'cixingnansheng';

/** The ways to have a text spoken. */
export const CALLS = ['create', 'create-url', 'stream', 'connect'] as const;
export type Call = (typeof CALLS)[number];

export type SpeechOutcome = {
  /** All the audio that came, also when the call failed. */
  audio: Uint8Array;
  /** What was thrown; `undefined` where the call ended well. */
  error: unknown;
};

export async function speak(
  client: Pick<StepAudio, 'speech'>,
  call: Call,
  options: { text?: string; format?: SpeechFormat; signal?: AbortSignal | undefined } = {},
): Promise<SpeechOutcome> {
  const { text = TEXT, format = 'pcm', signal } = options;
  const { speech } = client;
  const voice = VOICE;
  const pieces: Uint8Array[] = [];
  let error: unknown;
  try {
    switch (call) {
      case 'create':
        pieces.push((await speech.create({ text, voice, format, signal })).audio);
        break;
      case 'create-url': {
        const link = await speech.create({ text, voice, format, signal, returnUrl: true });
        pieces.push((await link.download({ signal })).audio);
        break;
      }
      case 'stream':
        for await (const audio of speech.stream({ text, voice, format, signal }).audio()) {
          pieces.push(audio);
        }
        break;
      case 'connect': {
        await using socket = await speech.connect({ voice, format, signal });
        socket.write(text);
        socket.end();
        for await (const audio of socket.audio()) pieces.push(audio);
        break;
      }
    }
  } catch (thrown) {
    error = thrown;
    const { partial } = thrown as { partial?: Uint8Array };
    if (partial !== undefined) pieces.push(partial);
  }
  return { audio: joinBytes(pieces), error };
}
