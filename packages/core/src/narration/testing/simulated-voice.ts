import { concatSamples } from '../../audio/pcm.ts';
import { isSpoken } from '../is-spoken.ts';
import { SECONDS_PER_WEIGHT, speechWeight } from '../speech-weight.ts';

export type SimulatedToken = { text: string; startMs: number; endMs: number };
export type SimulatedSpeech = {
  samples: Int16Array;
  /** Words, and Han characters one by one, with the punctuation that stands behind them; in order. */
  tokens: SimulatedToken[];
};

const LEAD_SECONDS = 0.04;
const TAIL_SECONDS = 0.12;
const AMPLITUDE = 9000;
const EDGE_SECONDS = 0.004;

const WHOLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const waves = new Map<string, Int16Array>();

/**
 * Says a text with a tone of its own for each character, so that the sound tells which text it was, and silence for
 * punctuation. The same text gives the same samples.
 */
export function simulateVoice(text: string, sampleRate: number): SimulatedSpeech {
  const parts: Int16Array[] = [silence(LEAD_SECONDS, sampleRate)];
  let length = parts[0]!.length;
  const tokens: SimulatedToken[] = [];
  let open: SimulatedToken | undefined;
  const characters = Array.from(text);
  const toMs = (samples: number) => Math.round((samples / sampleRate) * 1000);
  for (const [index, character] of characters.entries()) {
    const wave = waveOf(character, characters[index + 1], sampleRate);
    const isWord = isSpoken(character) || (open !== undefined && /['’\p{M}]/u.test(character));
    if (isWord && (open === undefined || WHOLE.test(character) || /\P{L}$/u.test(open.text))) {
      open = { text: '', startMs: toMs(length), endMs: 0 };
      tokens.push(open);
    }
    parts.push(wave);
    length += wave.length;
    if (open !== undefined && !/\s/u.test(character)) {
      open.text += character;
      if (isWord) open.endMs = toMs(length);
    }
    if (/\s/u.test(character) || WHOLE.test(characters[index + 1] ?? '')) open = undefined;
  }
  parts.push(silence(TAIL_SECONDS, sampleRate));
  return { samples: concatSamples(parts), tokens };
}

function waveOf(character: string, next: string | undefined, sampleRate: number): Int16Array {
  const seconds = speechWeight(character, next) * SECONDS_PER_WEIGHT;
  if (!isSpoken(character)) return silence(seconds, sampleRate);
  const key = `${character} ${sampleRate}`;
  const known = waves.get(key);
  if (known !== undefined) return known;
  const samples = new Int16Array(Math.round(seconds * sampleRate));
  const step = (2 * Math.PI * (150 + ((character.codePointAt(0)! * 131) % 1800))) / sampleRate;
  const edge = EDGE_SECONDS * sampleRate;
  for (let at = 0; at < samples.length; at += 1) {
    const level = Math.min(1, (at + 1) / edge, (samples.length - at) / edge);
    samples[at] = Math.round(AMPLITUDE * level * Math.sin(at * step));
  }
  waves.set(key, samples);
  return samples;
}

function silence(seconds: number, sampleRate: number): Int16Array {
  return new Int16Array(Math.round(seconds * sampleRate));
}
