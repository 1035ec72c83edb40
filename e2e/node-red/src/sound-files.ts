import { StepAudio } from '@stepvoice/core/node';
import { readWav, writeWav } from '@stepvoice/core/audio';
import type { Emulator } from '@stepvoice/emulator';

const RATE = 16_000;
const SILENCE_SECONDS = 1.2;

/** Text as sound, which an emulator's ear can read. */
export const TEXT_FILE = 'text.wav';
/** A voice, which can be told from silence. */
export const VOICE_FILE = 'voice.wav';

/** Both, each with a pause behind it that ends an utterance. */
export async function soundFiles(emulator: Emulator): Promise<Record<string, Uint8Array>> {
  return {
    [TEXT_FILE]: await speak(emulator, 'data-voice', 'hi'),
    [VOICE_FILE]: await speak(emulator, 'cixingnansheng', 'Good morning to all.'),
  };
}

async function speak(emulator: Emulator, voice: string, text: string): Promise<Uint8Array> {
  const client = new StepAudio({ apiKey: emulator.apiKey, baseURL: `${emulator.url}/v1` });
  try {
    const { audio } = await client.speech.create({
      text,
      voice,
      format: 'wav',
      sampleRate: RATE,
    });
    const { samples } = readWav(audio);
    const padded = new Int16Array(samples.length + RATE * SILENCE_SECONDS);
    padded.set(samples);
    return writeWav({ samples: padded, sampleRate: RATE });
  } finally {
    await client.close();
  }
}
