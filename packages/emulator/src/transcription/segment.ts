import type { Ear, Heard, HeardPartial, Hearing } from '../ear/ear.ts';
import { RecognizerError } from '../ear/recognizer.ts';
import { createItemId } from './item-id.ts';
import type { SessionSettings } from './session-settings.ts';
import { TranscriptEvents } from './transcript-events.ts';
import type { TranscriptionServerEvent } from './transcription-dialect.ts';
import { countTokens } from './usage.ts';
import { groupWords } from './word-groups.ts';

/** A stretch of a session's sound that becomes one item: a turn of the speaker, or what a client commits. */
export class Segment {
  readonly itemId = createItemId();
  readonly #settings: SessionSettings;
  readonly #hearing: Hearing;
  readonly #events: TranscriptEvents;
  readonly #sampleRate: number;
  #samples = 0;

  constructor(
    ear: Ear,
    settings: SessionSettings,
    { sampleRate, signal }: { sampleRate: number; signal: AbortSignal },
  ) {
    this.#settings = settings;
    this.#sampleRate = sampleRate;
    this.#hearing = ear.listen({ sampleRate, language: settings.language, signal });
    this.#events = new TranscriptEvents(this.itemId, settings);
  }

  get seconds(): number {
    return this.#samples / this.#sampleRate;
  }

  /** Answers what there is to tell by now. */
  push(samples: Int16Array): TranscriptionServerEvent[] {
    return this.#toDeltas(this.#hear(samples));
  }

  /** Listens without telling anything, which {@link replay} makes up for. */
  collect(samples: Int16Array): void {
    this.#hear(samples);
  }

  /** What tells the text of a segment that was silent about it until now: as if it came word by word. */
  replay({ words }: Heard): TranscriptionServerEvent[] {
    const partials: HeardPartial[] = [];
    let count = 0;
    for (const group of groupWords(words)) {
      let length = group.text.length;
      while (length > 0) {
        length -= words[count]!.text.length;
        count += 1;
      }
      const soFar = words.slice(0, count);
      partials.push({ text: soFar.map(({ text }) => text).join(''), words: soFar });
    }
    return this.#toDeltas(partials);
  }

  /** What was understood in the end, or the event that says why nothing was. */
  async end(): Promise<Heard | TranscriptionServerEvent> {
    try {
      return await this.#hearing.end();
    } catch (error) {
      if (!(error instanceof RecognizerError)) throw error;
      return this.#events.failed(error.message);
    }
  }

  /** What tells that the item is complete; with a second pass, once for each. */
  completed(heard: Heard): TranscriptionServerEvent[] {
    const tokens = countTokens(heard.text, this.seconds);
    const last = this.#events.completed(heard, tokens);
    if (!this.#settings.rerunsOnCommit) return [last];
    return [this.#events.completed(firstPass(heard), tokens), last];
  }

  free(): void {
    this.#hearing.free();
  }

  #hear(samples: Int16Array): readonly HeardPartial[] {
    this.#samples += samples.length;
    return this.#hearing.push(samples);
  }

  #toDeltas(partials: readonly HeardPartial[]): TranscriptionServerEvent[] {
    return partials.flatMap((partial) => this.#events.delta(partial) ?? []);
  }
}

/** What the second pass makes better: the text without its signs. */
function firstPass({ words }: Heard): HeardPartial {
  const bare = words.map((word) => ({ ...word, text: word.text.replace(/[\p{P}\p{S}]+/gu, '') }));
  return { text: bare.map(({ text }) => text).join(''), words: bare };
}
