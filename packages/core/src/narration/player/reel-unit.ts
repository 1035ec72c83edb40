import type { TextRange } from '../../text/text-range.ts';
import type { SpeechUnit, SpokenPlace, TimingSource } from '../speech-unit.ts';
import type { UtteranceSource } from './unit-supply.ts';

/** Something to do when the sound reaches it. */
export type Cue = {
  /** Where in the unit's sound, at rate 1. */
  readonly seconds: number;
  /** Index in the plan as it is now; `undefined` for a sentence that has been edited away while it sounds. */
  utterance: number | undefined;
  /** The word that begins there; where `undefined` the utterance itself does, or all ends that is to be heard. */
  readonly word: TextRange | undefined;
  readonly isCut: boolean;
};

/**
 * Where no silence follows, the next sentence begins at once, and a device has taken its beginning before it can be told
 * to stop: what is left out in its place is the silence in which the two were cut apart.
 */
const CUT_EARLY_SECONDS = 0.02;

/**
 * A unit on its way from the supply to the ear, with the silence behind it. Its seconds are those of its sound at rate 1
 * and count on through the silence.
 */
export class ReelUnit {
  readonly sound: SpeechUnit['sound'];
  readonly soundSeconds: number;
  readonly pauseSeconds: number;
  readonly timing: TimingSource;
  readonly cues: Cue[];
  /** Whether the last sentence ends with it. */
  readonly isUtteranceEnd: boolean;
  /** The next cue to be told. */
  nextCue = 0;
  /** Where playing begins the next time it is enqueued. */
  startSeconds = 0;
  #from: SpokenPlace;
  #last: SpokenPlace;
  #isDetached = false;

  constructor(unit: SpeechUnit, plan: UtteranceSource) {
    this.sound = unit.sound;
    this.soundSeconds = unit.seconds;
    this.timing = unit.timing;
    this.#from = unit.from;
    // The place behind the last character may be written as the beginning of the next sentence.
    const endsBefore = unit.to.offset === 0 && unit.to.utterance > unit.from.utterance;
    const last = endsBefore ? unit.to.utterance - 1 : unit.to.utterance;
    const utterance = plan.utteranceAt(last);
    const length = utterance?.spoken.text.length ?? 0;
    this.#last = { utterance: last, offset: endsBefore ? length : unit.to.offset };
    this.isUtteranceEnd = this.#last.offset >= length;
    this.pauseSeconds = this.isUtteranceEnd ? (utterance?.pauseAfterMs ?? 0) / 1000 : 0;
    this.cues = toCues(unit);
  }

  get seconds(): number {
    return this.soundSeconds + this.pauseSeconds;
  }

  /** The first character; of a sentence that has been edited away as it was. */
  get from(): SpokenPlace {
    return this.#from;
  }

  /** Behind the last character, in the sentence it belongs to. */
  get last(): SpokenPlace {
    return this.#last;
  }

  /** Where to go on behind it. */
  get next(): SpokenPlace {
    return this.isUtteranceEnd ? { utterance: this.#last.utterance + 1, offset: 0 } : this.#last;
  }

  /** Whether its text is not in the plan any more. */
  get isDetached(): boolean {
    return this.#isDetached;
  }

  holds({ utterance, offset }: SpokenPlace): boolean {
    if (this.#isDetached) return false;
    const { from, next } = this;
    const isBehindStart =
      utterance > from.utterance || (utterance === from.utterance && offset >= from.offset);
    return (
      isBehindStart &&
      (utterance < next.utterance || (utterance === next.utterance && offset < next.offset))
    );
  }

  /** Lets it begin with the word at the place, or at its own beginning. */
  startAt({ utterance, offset }: SpokenPlace): void {
    const start = this.cues.findLast(
      (cue) => cue.utterance === utterance && (cue.word === undefined || cue.word.start <= offset),
    );
    // A file cannot be cut.
    const isAtBeginning =
      !('samples' in this.sound) ||
      (utterance === this.#from.utterance && offset <= this.#from.offset);
    this.startSeconds = isAtBeginning ? 0 : (start?.seconds ?? 0);
    const first = this.cues.findIndex((cue) => cue.seconds >= this.startSeconds);
    this.nextCue = first === -1 ? this.cues.length : first;
  }

  /** Puts a cue to where its sound ends and only silence follows, or all but ends. */
  cutAtEnd(): void {
    const early = this.pauseSeconds > 0 ? 0 : CUT_EARLY_SECONDS;
    const seconds = Math.max(0, this.soundSeconds - early);
    this.cues.push({ seconds, utterance: this.#last.utterance, word: undefined, isCut: true });
  }

  removeCut(): void {
    if (this.cues.at(-1)?.isCut !== true) return;
    this.cues.pop();
    this.nextCue = Math.min(this.nextCue, this.cues.length);
  }

  /** When the utterance that sounds at a time began. */
  utteranceStart(seconds: number): number {
    const cue = this.cues.findLast((other) => other.seconds <= seconds && isBeginning(other));
    return cue?.seconds ?? 0;
  }

  /** The word that sounds at a time, or the last before it. */
  placeAt(seconds: number): SpokenPlace {
    const cue = this.cues.findLast((other) => other.seconds <= seconds && !other.isCut);
    if (cue?.utterance === undefined) return this.#from;
    return { utterance: cue.utterance, offset: cue.word?.start ?? this.#offsetOf(cue.utterance) };
  }

  /** Gives it the numbers of a changed plan: `undefined` from `indexOf` for what is gone. Answers whether all is there. */
  renumber(indexOf: (utterance: number) => number | undefined): boolean {
    if (this.#isDetached) return false;
    for (const cue of this.cues) {
      if (cue.utterance !== undefined) cue.utterance = indexOf(cue.utterance);
    }
    const first = indexOf(this.#from.utterance);
    const last = indexOf(this.#last.utterance);
    this.#isDetached =
      first === undefined ||
      last === undefined ||
      this.cues.some(({ utterance }) => utterance === undefined);
    if (first !== undefined) this.#from = { utterance: first, offset: this.#from.offset };
    if (last !== undefined) this.#last = { utterance: last, offset: this.#last.offset };
    return !this.#isDetached;
  }

  #offsetOf(utterance: number): number {
    return utterance === this.#from.utterance ? this.#from.offset : 0;
  }
}

function isBeginning({ word, isCut }: Cue): boolean {
  return word === undefined && !isCut;
}

function toCues(unit: SpeechUnit): Cue[] {
  const cues: Cue[] = [
    { seconds: 0, utterance: unit.from.utterance, word: undefined, isCut: false },
  ];
  let utterance = unit.from.utterance;
  for (const word of unit.words) {
    const seconds = Math.min(word.startSeconds, unit.seconds);
    if (word.utterance > utterance) {
      utterance = word.utterance;
      cues.push({ seconds, utterance, word: undefined, isCut: false });
    }
    cues.push({ seconds, utterance: word.utterance, word: word.range, isCut: false });
  }
  return cues;
}
