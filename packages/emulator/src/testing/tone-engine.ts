import { characterCount } from '@stepvoice/core/protocol';
import type { SpeechChunk, SpeechEngine, SpeechRequest } from '../voice/index.ts';

/** A voice for tests of what surrounds the voice: a tone of a tenth of a second for each character of the text. */
export type ToneEngine = SpeechEngine & {
  readonly requests: SpeechRequest[];
  /** Characters said so far; one that nobody listens to any more does not grow. */
  readonly said: number;
};

/** @param failAfter so many chunks of an utterance come before the voice breaks down. */
export function createToneEngine({ failAfter = Infinity } = {}): ToneEngine {
  const requests: SpeechRequest[] = [];
  let said = 0;
  return {
    requests,
    get said() {
      return said;
    },
    async *synthesize(request: SpeechRequest): AsyncGenerator<SpeechChunk> {
      requests.push(request);
      const samples = request.sampleRate / 10;
      for (const [index, character] of Array.from(request.text).entries()) {
        await new Promise((resolve) => setImmediate(resolve));
        request.signal?.throwIfAborted();
        if (index >= failAfter) throw new Error('the voice is hoarse');
        said += 1;
        const at = index * 100;
        yield {
          samples: tone(index * samples, samples, request.sampleRate),
          words: [{ text: character, startMs: at, endMs: at + 100 }],
        };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** The whole tone that the engine makes of a text. */
export function toneOf(text: string, sampleRate: number): Int16Array {
  return tone(0, characterCount(text) * (sampleRate / 10), sampleRate);
}

function tone(from: number, length: number, sampleRate: number): Int16Array {
  const step = (2 * Math.PI * 500) / sampleRate;
  return Int16Array.from({ length }, (_, i) => Math.round(8000 * Math.sin(step * (from + i))));
}
