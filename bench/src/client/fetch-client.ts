import { JSON_HEADERS, speakByIteration, speechBody } from './speech-client.ts';
import type { OpenSpeechClient, SpeechOptions } from './speech-client.ts';

type SpeechEvent = { type: string; audio?: string };

/** The platform's `fetch` and twenty lines by hand, as a tutorial has them. */
export const openFetchClient: OpenSpeechClient = async (baseUrl) => {
  const post = async (options: SpeechOptions): Promise<Response> => {
    const response = await fetch(`${baseUrl}/audio/speech`, {
      method: 'POST',
      headers: JSON_HEADERS,
      body: JSON.stringify(speechBody(options)),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response;
  };
  return {
    async speak(options, onAudio) {
      if (options.transport === 'events') return speakByIteration(audioOf(post(options)), onAudio);
      return onAudio(new Uint8Array(await (await post(options)).arrayBuffer()));
    },
    iterate: async (options) => audioOf(post(options)),
  };
};

/** Cuts the running text at blank lines. */
async function* audioOf(answer: Promise<Response>): AsyncGenerator<Uint8Array> {
  const { body } = await answer;
  if (body === null) return;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n\n', start);
      if (end === -1) break;
      const data = text.slice(start + 'data: '.length, end);
      start = end + 2;
      if (data === '[DONE]') return;
      const event = JSON.parse(data) as SpeechEvent;
      if (event.type === 'speech.audio.delta') yield Buffer.from(event.audio ?? '', 'base64');
    }
    text = text.slice(start);
  }
}
