import { Framer, concatSamples } from '@stepvoice/core/audio';
import { DataSpeechListener } from '../voice/index.ts';
import { DataSpeechText } from './data-speech-text.ts';
import type { Heard, HeardPartial, HeardWord, Hearing, ListenOptions } from './ear.ts';
import { placeholderWords } from './placeholder.ts';
import type { Recognizer } from './recognizer.ts';
import { SpeechFinder } from './speech-finder.ts';
import { alignWords, type Transcript, type TranscriptShelf } from './transcripts.ts';
import { spreadWords, toWords } from './word-times.ts';

/** What is heard is looked at in steps of 20 ms, so that how it is cut into pushes makes no difference. */
const FRAMES_A_SECOND = 50;
/** A word of a transcript without times is taken to be over after so much speech. */
const WORD_MS = 220;

/** Listens to one stretch of sound in every way at once, and tells what the best of them understood. */
export class LocalHearing implements Hearing {
  readonly #options: ListenOptions;
  readonly #shelf: TranscriptShelf | undefined;
  readonly #recognizer: Recognizer | undefined;
  readonly #framer: Framer;
  readonly #finder: SpeechFinder;
  readonly #data = new DataSpeechText();
  readonly #starting: Promise<void>;
  #listener: DataSpeechListener | undefined;
  /** Heard before the listener was there. */
  #early: Int16Array[] = [];
  /** For the recogniser. */
  readonly #sound: Int16Array[] = [];
  #samples = 0;
  #transcript: Transcript | undefined;
  #isTakenInOrder = false;
  #lastText = '';
  #isOver = false;

  constructor(
    options: ListenOptions,
    parts: { shelf?: TranscriptShelf | undefined; recognizer?: Recognizer | undefined },
  ) {
    this.#options = options;
    this.#shelf = parts.shelf;
    this.#recognizer = parts.recognizer;
    this.#framer = new Framer({
      frameSamples: Math.max(1, Math.round(options.sampleRate / FRAMES_A_SECOND)),
    });
    this.#finder = new SpeechFinder(options.sampleRate);
    this.#transcript = this.#shelf?.findByFile(options);
    this.#starting = this.#start();
    // Whoever waits for the end is told.
    this.#starting.catch(() => undefined);
  }

  push(samples: Int16Array): readonly HeardPartial[] {
    if (this.#isOver) return [];
    if (this.#recognizer !== undefined) this.#sound.push(new Int16Array(samples));
    for (const frame of this.#framer.push(samples)) this.#hear(frame);
    if (this.#data.text !== '' && this.#data.text === this.#lastText) return [];
    const partial = this.#partial();
    if (partial === undefined || partial.text === this.#lastText) return [];
    this.#lastText = partial.text;
    return [partial];
  }

  async end(): Promise<Heard> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    await this.#starting;
    signal.throwIfAborted();
    if (this.#isOver) throw new Error('the hearing is over');
    const rest = this.#framer.flush();
    if (rest !== undefined && rest.length > 0) this.#hear(rest);
    for (const event of this.#listener?.flush() ?? []) this.#data.push(event, this.#nowMs);
    this.#data.finish();
    this.#finder.flush();
    const heard = await this.#judge();
    // A transcript that was used is not given back.
    if (heard.source === 'transcripts') this.#isTakenInOrder = false;
    this.free();
    return heard;
  }

  free(): void {
    if (this.#isTakenInOrder && this.#transcript !== undefined) {
      this.#shelf?.giveBack(this.#transcript);
    }
    this.#isTakenInOrder = false;
    this.#isOver = true;
    this.#early = [];
    this.#sound.length = 0;
    this.#listener?.free();
    this.#listener = undefined;
  }

  get #nowMs(): number {
    return (this.#samples / this.#options.sampleRate) * 1000;
  }

  async #start(): Promise<void> {
    const listener = await DataSpeechListener.create(this.#options.sampleRate);
    if (this.#isOver) return listener.free();
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    let samples = 0;
    for (const frame of early) {
      samples += frame.length;
      const atMs = (samples / this.#options.sampleRate) * 1000;
      for (const event of listener.push(frame)) this.#data.push(event, atMs);
    }
  }

  #hear(frame: Int16Array): void {
    this.#samples += frame.length;
    // A frame may be a view of what the caller will use again.
    if (this.#listener === undefined) this.#early.push(new Int16Array(frame));
    else for (const event of this.#listener.push(frame)) this.#data.push(event, this.#nowMs);
    this.#finder.push(frame);
    if (this.#transcript !== undefined || !this.#finder.hasSpeech || this.#data.text !== '') return;
    this.#transcript = this.#shelf?.takeNext();
    this.#isTakenInOrder = this.#transcript !== undefined;
  }

  #partial(): HeardPartial | undefined {
    if (this.#data.text !== '') return { text: this.#data.text, words: this.#data.words };
    const words = this.#transcript === undefined ? this.#soFar() : this.#revealed(this.#transcript);
    return words.length === 0 ? undefined : { text: textOf(words), words };
  }

  /** Nothing can be said of speech before its recogniser was asked. */
  #soFar(): HeardWord[] {
    if (this.#recognizer !== undefined) return [];
    return placeholderWords(this.#finder.stretches, this.#options.language);
  }

  /** So much of a transcript as would be said by now. */
  #revealed({ text, words }: Transcript): HeardWord[] {
    const timed = words === undefined ? undefined : alignWords(text, words);
    if (timed !== undefined) return timed.filter(({ endMs }) => endMs <= this.#nowMs);
    const spokenMs = this.#finder.spokenMs(this.#nowMs);
    const said = toWords(text).slice(0, Math.floor(spokenMs / WORD_MS));
    return spreadWords(said, [{ startMs: this.#nowMs - spokenMs, endMs: this.#nowMs }]);
  }

  async #judge(): Promise<Heard> {
    if (this.#data.hasMessage) {
      return { text: this.#data.text, words: this.#data.words, source: 'data-voice' };
    }
    const transcript = this.#transcript ?? this.#byLength();
    if (transcript !== undefined) return this.#fromTranscript(transcript);
    const { language, sampleRate, signal } = this.#options;
    if (this.#recognizer !== undefined && this.#finder.hasSpeech) {
      const sound = { samples: concatSamples(this.#sound), sampleRate };
      const text = await this.#recognizer.recognize(sound, language, signal);
      return { text, words: this.#spread(text), source: 'recognizer' };
    }
    const words = placeholderWords(this.#finder.stretches, language);
    return { text: textOf(words), words, source: 'placeholder' };
  }

  #byLength(): Transcript | undefined {
    return this.#finder.hasSpeech ? this.#shelf?.findByLength(this.#nowMs / 1000) : undefined;
  }

  #fromTranscript({ text, words }: Transcript): Heard {
    const timed = words === undefined ? undefined : alignWords(text, words);
    return { text, words: timed ?? this.#spread(text), source: 'transcripts' };
  }

  #spread(text: string): HeardWord[] {
    const { stretches } = this.#finder;
    const all = stretches.length > 0 ? stretches : [{ startMs: 0, endMs: this.#nowMs }];
    return spreadWords(toWords(text), all);
  }
}

function textOf(words: readonly HeardWord[]): string {
  return words.map(({ text }) => text).join('');
}
