import type { Buffer } from 'node:buffer';
import type { Pcm } from '@stepvoice/core/audio';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { SampleIntake } from '../../kit/sample-intake.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import { TimeSlice } from '../../kit/time-slice.ts';
import { SpeechGate } from './speech-gate.ts';
import { compressedSound } from './talk-errors.ts';

/** Bytes of a message that are worked on at once, without asking whether others wait. */
const PIECE_BYTES = 128 * 1024;
/** So many tell an MP3 from anything else. */
const MP3_BYTES = 1445;

/** Makes samples of the messages that hold what a user says. */
export class UserSpeech {
  readonly #audio: AudioLibrary;
  readonly #signal: AbortSignal;
  readonly #intake: SampleIntake;
  #gate: SpeechGate | undefined;

  /** @param inputRate of raw sound that does not say it, in Hz */
  constructor(audio: AudioLibrary, options: { inputRate: number; signal: AbortSignal }) {
    const { inputRate, signal } = options;
    this.#audio = audio;
    this.#signal = signal;
    const defaults = { inputFormat: 'pcm', inputRate, inputChannels: 1 } as const;
    this.#intake = new SampleIntake(audio, defaults, 'msg.payload');
  }

  /** Whether somebody begins to speak with this message, and does not go on. */
  isBeginning(bytes: Buffer, { parts }: FlowMessage): boolean {
    return parts === undefined ? this.#audio.sniffContainer(bytes) === 'wav' : parts.index === 0;
  }

  /**
   * Hands the samples on, piece by piece.
   *
   * @returns whether nothing follows them in their turn: the last message of a stream, or a whole file
   * @throws {LocalizedError} for what is neither raw PCM nor WAV
   */
  async read(bytes: Buffer, message: FlowMessage, write: (pcm: Pcm) => void): Promise<boolean> {
    this.#refuseMp3(bytes, message);
    if (bytes.length <= PIECE_BYTES) {
      for (const pcm of this.#intake.push(bytes, message.audio)) write(pcm);
    } else {
      const slice = new TimeSlice(this.#signal);
      for await (const pcm of this.#intake.pushSliced(bytes, message.audio, slice)) write(pcm);
    }
    const place = streamPlace(message);
    const isFile = place === undefined && this.#intake.wavFormat !== undefined;
    const isLast = isFile || message.complete === true || place?.isLast === true;
    if (isLast) for (const pcm of this.#intake.flush()) write(pcm);
    return isLast;
  }

  /** While nobody is connected. @returns what was said so far, once somebody speaks */
  async listen(bytes: Buffer, message: FlowMessage): Promise<Pcm | undefined> {
    this.#gate ??= new SpeechGate(this.#audio);
    const heard: Pcm[] = [];
    await this.read(bytes, message, (pcm) => {
      // What follows in the same message belongs to it.
      const begun = heard.length > 0 ? pcm : this.#gate?.push(pcm);
      if (begun !== undefined) heard.push(begun);
    });
    const [first] = heard;
    if (first === undefined) return undefined;
    this.#gate = undefined;
    const samples = this.#audio.concatSamples(heard.map((pcm) => pcm.samples));
    return { samples, sampleRate: first.sampleRate };
  }

  /** Raw sound may look like the head of an MP3 by chance, but a whole message of it not like its frames. */
  #refuseMp3(bytes: Buffer, { audio, parts }: FlowMessage): void {
    if (audio?.format !== undefined || parts !== undefined || bytes.length < MP3_BYTES) return;
    if (this.#audio.sniffContainer(bytes) === 'mp3') throw compressedSound();
  }
}
