import { JSON_HEADERS, speakByIteration, speechBody } from './speech-client.ts';
import type { OpenSpeechClient, SpeechOptions } from './speech-client.ts';

type SpeechEvent = { type: string; audio?: string };

/** `fetch` with eventsource-parser in place of splitting by hand. */
export const openParserClient: OpenSpeechClient = async (baseUrl) => {
  const { createParser } = await import('eventsource-parser');
  async function* audioOf(options: SpeechOptions): AsyncGenerator<Uint8Array> {
    const response = await fetch(`${baseUrl}/audio/speech`, {
      method: 'POST',
      headers: JSON_HEADERS,
      body: JSON.stringify(speechBody(options)),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (response.body === null) return;
    let pieces: Uint8Array[] = [];
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return;
        const event = JSON.parse(data) as SpeechEvent;
        if (event.type === 'speech.audio.delta') {
          pieces.push(Buffer.from(event.audio ?? '', 'base64'));
        }
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (pieces.length === 0) continue;
      const ready = pieces;
      pieces = [];
      yield* ready;
    }
  }
  return {
    speak: (options, onAudio) => speakByIteration(audioOf(options), onAudio),
    iterate: async (options) => audioOf(options),
  };
};
