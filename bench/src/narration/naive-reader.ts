import { PcmReader } from '../../../packages/core/src/audio/pcm.ts';
import { stretch } from '../../../packages/core/src/audio/time-stretch/time-stretcher.ts';
import { sleep } from '../../../packages/core/src/net/clock.ts';
import type { Clock } from '../../../packages/core/src/net/clock.ts';
import type { PullOutput } from '../../../packages/core/src/audio/output/pull-output.ts';
import type { Speech } from '../../../packages/core/src/speech/speech.ts';
import { SAMPLE_RATE, VOICE } from './simulation.ts';

const MOST_CHARACTERS = 1000;
const AHEAD = 3;
/** Where the service does not say how long to wait. */
const BACK_OFF_MS = 1000;

export type NaiveReader = {
  speech: Speech;
  clock: Clock;
  output: PullOutput;
  rate: number;
};

/** A request for each sentence, three ahead of the ear, and each again a second after it was refused. */
export async function readBySentence(text: string, reader: NaiveReader): Promise<void> {
  const sentences = toSentences(text);
  const pending = sentences.slice(0, AHEAD).map((sentence) => speak(sentence, reader));
  for (let next = AHEAD; pending.length > 0; next += 1) {
    const samples = await pending.shift()!;
    const following = sentences[next];
    if (following !== undefined) pending.push(speak(following, reader));
    await play(samples, reader);
  }
}

/** All of the text, in as few requests as the service takes it in, and then the sound. */
export async function readWhole(text: string, reader: NaiveReader): Promise<void> {
  const parts: Int16Array[] = [];
  for (let at = 0; at < text.length; at += MOST_CHARACTERS) {
    parts.push(await speak(text.slice(at, at + MOST_CHARACTERS), reader));
  }
  for (const part of parts) await play(part, reader);
}

/** As most readers do it: behind each mark that ends a sentence. */
function toSentences(text: string): string[] {
  const pieces = text.match(/[^.!?。！？\n]+[.!?。！？]*/g) ?? [];
  return pieces.filter((piece) => /\p{L}/u.test(piece));
}

async function speak(text: string, { speech, clock }: NaiveReader): Promise<Int16Array> {
  for (;;) {
    try {
      const reader = new PcmReader();
      const parts: Int16Array[] = [];
      const options = { voice: VOICE, text, sampleRate: SAMPLE_RATE } as const;
      for await (const event of speech.stream(options)) {
        if (event.type === 'audio') parts.push(reader.push(event.audio).slice());
      }
      return Int16Array.from(parts.flatMap((part) => [...part]));
    } catch (error) {
      if ((error as { status?: number }).status !== 429) throw error;
      await sleep(clock, BACK_OFF_MS, undefined);
    }
  }
}

let pieces = 0;

function play(samples: Int16Array, { output, rate }: NaiveReader): Promise<void> {
  const sound = stretch({ samples, sampleRate: SAMPLE_RATE }, rate);
  return output.enqueue({ id: (pieces += 1), sound });
}
