import { API_KEY, MODEL, SENTENCE, speakByIteration, speechBody, VOICE } from './speech-client.ts';
import type { OpenSpeechClient, SpeechOptions } from './speech-client.ts';

type SpeechEvent = { type: string; audio?: string };

/** The service's documented way: the `openai` package with another base address. */
export const openOpenaiClient: OpenSpeechClient = async (baseUrl) => {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({ apiKey: API_KEY, baseURL: baseUrl, maxRetries: 0 });
  async function* audioOf(options: SpeechOptions): AsyncGenerator<Uint8Array> {
    const events = (await client.post('/audio/speech', {
      body: speechBody(options),
      stream: true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })) as AsyncIterable<SpeechEvent>;
    for await (const event of events) {
      if (event.type === 'speech.audio.delta') yield Buffer.from(event.audio ?? '', 'base64');
    }
  }
  return {
    async speak(options, onAudio) {
      if (options.transport === 'events') return speakByIteration(audioOf(options), onAudio);
      const response = await client.audio.speech.create(
        {
          model: MODEL,
          voice: VOICE,
          input: options.text ?? SENTENCE,
          response_format: 'pcm',
          ...options.unknownOptions,
        },
        options.signal === undefined ? {} : { signal: options.signal },
      );
      return onAudio(new Uint8Array(await response.arrayBuffer()));
    },
    iterate: async (options) => audioOf(options),
  };
};
