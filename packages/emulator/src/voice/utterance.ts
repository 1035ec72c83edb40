import { Resampler } from '@stepvoice/core/audio';
import { dataByteMs, dataVoice, speakData } from './data-speech.ts';
import { ggwaveSampleRate } from './ggwave-codec.ts';
import { takeInlineDirections, type DirectedText } from './inline-directions.ts';
import { bodyInManner } from './espeak-variant.ts';
import { espeakSampleRate, type Espeak } from './espeak.ts';
import type { JapaneseReader } from './japanese-reading.ts';
import { mannersOf } from './manner.ts';
import { stripMarkdown } from './markdown-filter.ts';
import { createPronunciationMap } from './pronunciation-map.ts';
import { understandDirection, type Prosody } from './prosody.ts';
import type { SpeechChunk, SpeechRequest, SpokenWord } from './speech-engine.ts';
import { planSpeech, type SpeechPiece } from './speech-plan.ts';
import { textUnits } from './text-units.ts';
import { voiceProfile, type VoiceProfile } from './voice-profile.ts';
import { engineText, timeWords } from './word-timing.ts';

/** The tools a speaker works with, each loaded when first needed. */
export type SpeakerTools = {
  espeak(): Promise<Espeak>;
  japanese(): Promise<JapaneseReader>;
};

/** A request without its signal: what crosses over to the speaker's thread. */
export type UtteranceRequest = Omit<SpeechRequest, 'signal'>;

const silenceMs = 200;
/** The least that follows the last word, so that no decoder or player clips it. */
const shortestEndMs = 120;

/** Words a minute, as the engine counts them, of a voice at pace 1: about five syllables a second. */
const neutralPace: Readonly<Record<string, number>> = { cmn: 230, sichuan: 230, yue: 215, ja: 200 };
const neutralPaceElsewhere = 170;

/** What Sichuan speech has beyond its sounds: wider steps between its tones, and time for them. */
const sichuanProsody = { rate: 0.92, pitch: 0.95, range: 1.4 };

/** Speaks a request clause by clause. */
export async function* speakUtterance(
  request: UtteranceRequest,
  tools: SpeakerTools,
  dataTag: number,
): AsyncGenerator<SpeechChunk> {
  const filtered = request.markdownFilter ? stripMarkdown(request.text) : request.text;
  const directed = request.directives
    ? takeInlineDirections(filtered)
    : { text: filtered, directions: [] };
  if (request.voice === dataVoice) yield* speakAsData(directed.text, request, dataTag);
  else yield* speakAloud(directed, request, tools);
}

async function* speakAloud(
  directed: DirectedText,
  request: UtteranceRequest,
  tools: SpeakerTools,
): AsyncGenerator<SpeechChunk> {
  const profile = voiceProfile(request.voice, request.traits);
  const { emotion, style, language, instruction, pronunciations, textNormalization } = request;
  const general = understandDirection(
    [emotion, style, language, instruction].filter(Boolean).join('，'),
  );
  const manners = mannersOf(directed, { ...general, pauseMs: 0 });
  const mayBeJapanese =
    /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(directed.text) ||
    manners.some((manner) => manner.language === 'ja');
  const pieces = planSpeech(directed.text, {
    pronunciations: createPronunciationMap(pronunciations ?? []),
    normalization: textNormalization ?? 'standard',
    homeLanguage: profile.language,
    manners,
    readJapanese: mayBeJapanese ? await tools.japanese() : () => [],
  });
  const output = new Output(espeakSampleRate, request.sampleRate);
  if (pieces.length === 0) {
    yield output.end(silence(silenceMs, espeakSampleRate), []);
    return;
  }
  const espeak = await tools.espeak();
  for (const [i, piece] of pieces.entries()) {
    const { samples, words } = speakPiece(piece, profile, request, espeak, i === pieces.length - 1);
    yield i === pieces.length - 1 ? output.end(samples, words) : output.push(samples, words);
  }
}

/** One piece with its pauses; the times of its words count from its own first sample. */
function speakPiece(
  { language, parts, mark, prosody: asked, pauseBeforeMs, pauseAfterMs }: SpeechPiece,
  profile: VoiceProfile,
  { speed = 1, volume = 1 }: UtteranceRequest,
  espeak: Espeak,
  isLast: boolean,
): SpeechChunk {
  const prosody = language === 'sichuan' ? withSichuan(asked) : asked;
  const pace = profile.rate * prosody.rate * speed;
  const { text, positions } = engineText(parts, mark);
  const speech = espeak.speak(text, {
    language,
    body: bodyInManner(profile, prosody, language),
    wordsPerMinute: wordsPerMinute(language, pace),
  });
  const before = toSamples(pauseBeforeMs / pace);
  const after = toSamples(Math.max(pauseAfterMs / pace, isLast ? shortestEndMs : 0));
  const samples = new Int16Array(before + speech.samples.length + after);
  samples.set(amplify(speech.samples, Math.min(loudestGain, volume * prosody.volume)), before);
  const spokenMs = (speech.samples.length / espeakSampleRate) * 1000;
  const offsetMs = (before / espeakSampleRate) * 1000;
  const words = timeWords(parts, positions, speech.events, spokenMs).map(
    ({ text: word, startMs, endMs }) => ({
      text: word,
      startMs: startMs + offsetMs,
      endMs: endMs + offsetMs,
    }),
  );
  return { samples, words };
}

function withSichuan(prosody: Prosody): Prosody {
  return {
    ...prosody,
    rate: prosody.rate * sichuanProsody.rate,
    pitch: prosody.pitch * sichuanProsody.pitch,
    range: prosody.range * sichuanProsody.range,
  };
}

function wordsPerMinute(language: string, pace: number): number {
  // The engine shortens by more than it is asked to when it hurries (measured from 200 to 430).
  const asked = pace > 1 ? pace ** 0.9 : pace;
  return Math.min(450, Math.max(80, (neutralPace[language] ?? neutralPaceElsewhere) * asked));
}

/** Data speech keeps its pace, whatever speed is asked for: its tones have a fixed length. */
async function* speakAsData(
  text: string,
  { sampleRate, volume = 1 }: UtteranceRequest,
  tag: number,
): AsyncGenerator<SpeechChunk> {
  const output = new Output(ggwaveSampleRate, sampleRate);
  if (text === '') {
    yield output.end(silence(silenceMs, ggwaveSampleRate), []);
    return;
  }
  const words = dataWords(text);
  let offsetMs = 0;
  for await (const { samples, bytesSpoken } of speakData(text, tag)) {
    const ended: SpokenWord[] = [];
    while (words[0] && words[0].end <= bytesSpoken) {
      const { text: word, start, end } = words.shift()!;
      ended.push({
        text: word,
        startMs: dataByteMs(start) - offsetMs,
        endMs: dataByteMs(end) - offsetMs,
      });
    }
    yield output.push(amplify(samples, volume), ended);
    offsetMs += (samples.length / ggwaveSampleRate) * 1000;
  }
  const rest = output.end(new Int16Array(0), []);
  if (rest.samples.length > 0) yield rest;
}

/** The words of a text and the bytes of its UTF-8 they take. */
function dataWords(text: string): { text: string; start: number; end: number }[] {
  const units = textUnits(text, {
    pronunciations: createPronunciationMap([]),
    normalization: 'standard',
  });
  const encoder = new TextEncoder();
  let end = 0;
  return (units.length === 0 ? [text] : units.map((unit) => unit.written)).map((word) => {
    const start = end;
    end += encoder.encode(word).length;
    return { text: word, start, end };
  });
}

/** Follows an utterance's time, and brings its samples to the rate asked for. */
class Output {
  readonly #resampler: Resampler;
  readonly #sampleRate: number;
  #samples = 0;

  constructor(from: number, to: number) {
    this.#resampler = new Resampler({ from, to });
    this.#sampleRate = from;
  }

  push(samples: Int16Array, words: readonly SpokenWord[]): SpeechChunk {
    const offsetMs = (this.#samples / this.#sampleRate) * 1000;
    this.#samples += samples.length;
    const at = (ms: number) => Math.max(0, Math.round(offsetMs + ms));
    return {
      samples: this.#resampler.push(samples),
      words: words.map(({ text, startMs, endMs }) => ({
        text,
        startMs: at(startMs),
        endMs: at(endMs),
      })),
    };
  }

  end(samples: Int16Array, words: readonly SpokenWord[]): SpeechChunk {
    const last = this.push(samples, words);
    const rest = this.#resampler.flush();
    const whole = new Int16Array(last.samples.length + rest.length);
    whole.set(last.samples);
    whole.set(rest, last.samples.length);
    return { samples: whole, words: last.words };
  }
}

/** A shout at double volume would be all distortion. */
const loudestGain = 3;
/** Above this share of full scale, loud speech is bent instead of cut off. */
const knee = 0.8 * 32768;

function amplify(samples: Int16Array, gain: number): Int16Array {
  const room = 32767 - knee;
  const output = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const loud = samples[i]! * gain;
    const beyond = Math.abs(loud) - knee;
    const bent = beyond > 0 ? Math.sign(loud) * (knee + room * Math.tanh(beyond / room)) : loud;
    output[i] = Math.round(bent);
  }
  return output;
}

function silence(ms: number, sampleRate: number): Int16Array {
  return new Int16Array((ms / 1000) * sampleRate);
}

function toSamples(ms: number): number {
  return Math.round((ms / 1000) * espeakSampleRate);
}
