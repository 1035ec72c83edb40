import type { Buffer } from 'node:buffer';
import type { Pcm } from '@stepvoice/core/audio';
import { kindOfSound, type AudioLibrary, type SoundDefaults } from '../../kit/incoming-sound.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { SampleIntake, unsupportedFormat } from '../../kit/sample-intake.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import { TimeSlice } from '../../kit/time-slice.ts';
import { SpeechGate } from './speech-gate.ts';

/** Bytes of a message that are worked on at once, without asking whether others wait. */
const PIECE_BYTES = 128 * 1024;
/** So many tell an MP3 from anything else. */
const MP3_BYTES = 1445;
const WHERE = 'msg.payload';

/** Makes samples of the messages that hold what a user says. */
export class UserSpeech {
  readonly #audio: AudioLibrary;
  readonly #signal: AbortSignal;
  readonly #defaults: SoundDefaults;
  readonly #intake: SampleIntake;
  #gate: SpeechGate | undefined;

  /** @param inputRate of raw sound that does not say it, in Hz */
  constructor(audio: AudioLibrary, options: { inputRate: number; signal: AbortSignal }) {
    const { inputRate, signal } = options;
    this.#audio = audio;
    this.#signal = signal;
    this.#defaults = { inputFormat: 'pcm', inputRate, inputChannels: 1 };
    this.#intake = new SampleIntake(audio, this.#defaults, WHERE);
  }

  /**
   * Before anybody is connected for it.
   *
   * @throws {LocalizedError} for what is neither raw PCM nor WAV, and a `msg.audio` that cannot be
   */
  check(bytes: Buffer, { audio, parts }: FlowMessage): void {
    if (parts !== undefined && parts.index !== 0) return;
    const { container = 'pcm' } = kindOfSound(this.#audio, bytes, audio, this.#defaults);
    if (container !== 'pcm' && container !== 'wav') throw unsupportedFormat(WHERE, container);
    // Raw sound may look like the head of an MP3 by chance, but a whole message of it not like its frames.
    const mayBeMp3 = audio?.format === undefined && bytes.length >= MP3_BYTES;
    if (mayBeMp3 && this.#audio.sniffContainer(bytes) === 'mp3') {
      throw unsupportedFormat(WHERE, 'mp3');
    }
  }

  /** Whether a message is a sound by itself. */
  isFile(bytes: Buffer, { parts }: FlowMessage): boolean {
    return parts === undefined && this.#audio.sniffContainer(bytes) === 'wav';
  }

  /** Whether somebody begins to speak with this message, and does not go on. */
  isBeginning(bytes: Buffer, message: FlowMessage): boolean {
    return message.parts === undefined ? this.isFile(bytes, message) : message.parts.index === 0;
  }

  /**
   * Hands the samples on, piece by piece.
   *
   * @returns whether nothing follows them in their turn: the last message of a stream, or a whole file
   * @throws {LocalizedError} for a WAV that cannot be read
   */
  async read(bytes: Buffer, message: FlowMessage, write: (pcm: Pcm) => void): Promise<boolean> {
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

  /** While nobody is connected. @returns what was said so far, once somebody speaks, and what `read` says */
  async listen(
    bytes: Buffer,
    message: FlowMessage,
  ): Promise<{ awake: Pcm | undefined; isLast: boolean }> {
    this.#gate ??= new SpeechGate(this.#audio);
    const heard: Pcm[] = [];
    const isLast = await this.read(bytes, message, (pcm) => {
      // What follows in the same message belongs to it.
      const begun = heard.length > 0 ? pcm : this.#gate?.push(pcm);
      if (begun !== undefined) heard.push(begun);
    });
    const [first] = heard;
    if (first === undefined) return { awake: undefined, isLast };
    this.#gate = undefined;
    const samples = this.#audio.concatSamples(heard.map((pcm) => pcm.samples));
    return { awake: { samples, sampleRate: first.sampleRate }, isLast };
  }
}
