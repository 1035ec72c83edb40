import { API_KEY, MODEL, SENTENCE, speakByIteration, VOICE } from './speech-client.ts';
import type { OpenSpeechClient, SpeechOptions } from './speech-client.ts';

/** Ours, as its README shows it. */
export const openStepvoiceClient: OpenSpeechClient = async (baseUrl) => {
  const { StepAudio } = await import('@stepvoice/core/node');
  const { speech } = new StepAudio({ apiKey: API_KEY, baseURL: baseUrl });

  const iterate = async (options: SpeechOptions): Promise<AsyncIterableIterator<Uint8Array>> => {
    const text = options.text ?? SENTENCE;
    if (options.transport === 'events') {
      return speech.stream({ ...voiceOptions(options), text }).audio();
    }
    const socket = await speech.connect(voiceOptions(options));
    socket.write(text);
    socket.end();
    return socket.audio();
  };
  return {
    async speak(options, onAudio) {
      if (options.transport !== 'binary') return speakByIteration(await iterate(options), onAudio);
      const text = options.text ?? SENTENCE;
      const { audio } = await speech.create({ ...voiceOptions(options), text });
      return onAudio(audio);
    },
    iterate,
  };
};

function voiceOptions({ signal, unknownOptions }: SpeechOptions) {
  return { voice: VOICE, model: MODEL, format: 'pcm', signal, ...unknownOptions } as const;
}
