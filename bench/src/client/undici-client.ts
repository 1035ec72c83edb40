import { JSON_HEADERS, speakByIteration, speechBody } from './speech-client.ts';
import type { OpenSpeechClient, SpeechOptions } from './speech-client.ts';

type SpeechEvent = { type: string; audio?: string };

/** undici's own `request`, the same twenty lines behind it. */
export const openUndiciClient: OpenSpeechClient = async (baseUrl) => {
  const { request } = await import('undici');
  const post = async (options: SpeechOptions) => {
    const { statusCode, body } = await request(`${baseUrl}/audio/speech`, {
      method: 'POST',
      headers: JSON_HEADERS,
      body: JSON.stringify(speechBody(options)),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    return body;
  };
  async function* audioOf(options: SpeechOptions): AsyncGenerator<Uint8Array> {
    let text = '';
    const body = await post(options);
    body.setEncoding('utf8');
    for await (const chunk of body as AsyncIterable<string>) {
      text += chunk;
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
  return {
    async speak(options, onAudio) {
      if (options.transport === 'events') return speakByIteration(audioOf(options), onAudio);
      return onAudio(await (await post(options)).bytes());
    },
    iterate: async (options) => audioOf(options),
  };
};
