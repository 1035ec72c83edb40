/** `binary` takes the whole answer, `events` and `socket` the audio as it comes. */
export type Transport = 'binary' | 'events' | 'socket';

/** Takes a piece of audio. A promise holds the next one back until it settles. */
export type OnAudio = (audio: Uint8Array) => void | Promise<void>;

export type SpeechOptions = {
  transport: Transport;
  signal?: AbortSignal;
  /** Options no service knows, given the way this client's users give one that is missing from its types. */
  unknownOptions?: Record<string, unknown>;
  /** Default {@link SENTENCE}. */
  text?: string;
};

/** One way to get speech, used as its users use it. */
export interface SpeechClient {
  /** Speaks one sentence. Settles at the end, and rejects when the client noticed that something went wrong. */
  speak(options: SpeechOptions, onAudio: OnAudio): Promise<void>;
  /** Where the client hands out something to loop over. */
  iterate?(options: SpeechOptions): Promise<AsyncIterableIterator<Uint8Array>>;
}

/** Loads the client's packages, none of which may be loaded before, and makes a client. */
export type OpenSpeechClient = (baseUrl: string) => Promise<SpeechClient>;

export const SENTENCE = 'The train leaves at eight.';
export const TWO_SENTENCES = `${SENTENCE} Mind the gap.`;
export const VOICE = 'cixingnansheng';
export const MODEL = 'stepaudio-2.5-tts';
export const API_KEY = 'bench';

/** Body of `POST /audio/speech`. */
export function speechBody({ transport, unknownOptions, text }: SpeechOptions): object {
  return {
    model: MODEL,
    voice: VOICE,
    input: text ?? SENTENCE,
    response_format: 'pcm',
    ...(transport === 'events' ? { stream_format: 'sse' } : {}),
    ...unknownOptions,
  };
}

export const JSON_HEADERS = {
  authorization: `Bearer ${API_KEY}`,
  'content-type': 'application/json',
};

/** For clients that are looped over. */
export async function speakByIteration(
  audio: AsyncIterable<Uint8Array>,
  onAudio: OnAudio,
): Promise<void> {
  for await (const piece of audio) {
    const held = onAudio(piece);
    if (held !== undefined) await held;
  }
}
