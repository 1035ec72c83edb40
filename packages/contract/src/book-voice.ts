import { encodeBase64, encodePcm16 } from '@stepvoice/core/audio';

/** Ten hours for half a million characters. */
const CHARACTER_SECONDS = 0.072;
const FULL_STOP_SECONDS = 0.3;
/** Silence at either end of a sentence: two of them are the one place between two sentences that is silent. */
const EDGE_SECONDS = 0.03;
/** Neither heard nor silence. */
const BREATH_LEVEL = 100;
const VOICE_LEVEL = 8000;
const WORDS = 'over under harbour morning quiet water lantern nobody seldom further'.split(' ');

/** Every sentence has a number, so that requests tell which they are about. */
export function bookText(characters: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < characters; index += 1) {
    const words = Array.from(
      { length: 6 + (index % 9) },
      (_, at) => WORDS[(index * 7 + at * 3) % 10]!,
    );
    const gap = index % 40 === 0 ? `\n\n## Chapter N${index}H\n\n` : index % 5 === 0 ? '\n\n' : ' ';
    const sentence = `${gap}Sentence N${index} ${words.join(' ')}.`;
    parts.push(sentence);
    length += sentence.length;
  }
  return parts.join('');
}

/** The numbers of the sentences of a text. */
export function sentenceNumbers(text: string): string[] {
  return text.match(/N\d+H?/g) ?? [];
}

/** Base64 of whole groups of three bytes, which can be joined: the service is to cost the process hardly anything. */
type Wave = { readonly base64: string; readonly length: number };

type TimedItem = { text: string; start_time: number; end_time: number };

/**
 * A service whose sentences sound the same in whatever company they are asked for, and are cut where they meet: what is
 * asked for in other batches is the same speech, as it would have to be for files to be compared to the byte.
 */
export class BookVoice {
  readonly #sampleRate: number;
  readonly #waves = new Map<string, Wave>();

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Answers as the service does: sound in deltas of about a second, words with their times, the end. */
  *speak(text: string): Generator<string, undefined> {
    const { waves, items } = this.#sing(text);
    let delta: string[] = [];
    let filled = 0;
    for (const { base64, length } of waves) {
      if (filled + length > this.#sampleRate) {
        yield toDelta(delta);
        delta = [];
        filled = 0;
      }
      delta.push(base64);
      filled += length;
    }
    yield toDelta(delta);
    const data = { text, request_id: 'r', items, timestamp: 1 };
    yield toEvent({ type: 'response.subtitle', event_id: 'e', data });
    yield `${toEvent({ type: 'speech.audio.done', audio: '' })}data: [DONE]\n\n`;
  }

  #sing(text: string): { waves: Wave[]; items: TimedItem[] } {
    const waves: Wave[] = [];
    const items: TimedItem[] = [];
    let samples = 0;
    const add = (sound: string): void => {
      const wave = this.#waveOf(sound);
      waves.push(wave);
      samples += wave.length;
    };
    const nowMs = (): number => Math.round((samples / this.#sampleRate) * 1000);
    for (const sentence of text.match(/[^.\n]+\.?/g) ?? []) {
      add('edge');
      for (const [index, word] of sentence.trim().split(' ').entries()) {
        if (index > 0) add(' ');
        const startMs = nowMs();
        for (const character of word.replace('.', '')) add(character);
        items.push({ text: word, start_time: startMs, end_time: nowMs() });
        if (word.endsWith('.')) add('.');
      }
      add('edge');
    }
    return { waves, items };
  }

  #waveOf(sound: string): Wave {
    const known = this.#waves.get(sound);
    if (known !== undefined) return known;
    const wave = makeWave(sound, this.#sampleRate);
    this.#waves.set(sound, wave);
    return wave;
  }
}

function makeWave(sound: string, sampleRate: number): Wave {
  const seconds =
    sound === 'edge' ? EDGE_SECONDS : sound === '.' ? FULL_STOP_SECONDS : CHARACTER_SECONDS;
  const samples = new Int16Array(Math.round(seconds * sampleRate));
  const step = (2 * Math.PI * (200 + 20 * (sound.charCodeAt(0) % 64))) / sampleRate;
  for (let at = 0; at < samples.length && sound !== 'edge'; at += 1) {
    const isBreath = sound === '.' || sound === ' ';
    samples[at] = isBreath ? BREATH_LEVEL * (1 - 2 * (at % 2)) : VOICE_LEVEL * Math.sin(at * step);
  }
  return { base64: encodeBase64(encodePcm16(samples)), length: samples.length };
}

function toDelta(parts: readonly string[]): string {
  return `data: {"type":"speech.audio.delta","audio":"${parts.join('')}"}\n\n`;
}

function toEvent(event: unknown): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
