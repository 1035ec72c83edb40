import type { Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import { id3Tag } from '../../audio/mp3/id3-tag.ts';
import { joinBytes } from '../../audio/join-bytes.ts';
import { Mp3FrameReader } from '../../audio/mp3/mp3-frame-reader.ts';
import type { Mp3SoundFrame } from '../../audio/mp3/mp3-frame-reader.ts';
import { infoFrame } from '../../audio/mp3/mp3-info-frame.ts';
import type { Mp3SeekPoint } from '../../audio/mp3/mp3-info-frame.ts';
import { DECODER_DELAY_SAMPLES } from '../../audio/mp3/mp3-layout.ts';
import { silentFrame } from '../../audio/mp3/silent-frame.ts';
import type { AudioClip } from '../../audio/output/audio-output.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { ProtocolError } from '../../errors.ts';
import { AppendWriter } from './append-writer.ts';
import type { CreateMp3Encoder, Mp3Encoder, Mp3EncoderOptions } from './mp3-encoder.ts';
import { fromHex, placeholderHead, toHex } from './mp3-head.ts';
import type { RenderFile } from './render-file.ts';
import { toSamples } from './sound-samples.ts';
import type { PlacedSound, SoundTrack, TrackState } from './sound-track.ts';

/** A pause ends an encoder's piece that is at least so long. */
const PIECE_SECONDS = 5;
/** Where no pause comes, one is made, as long as it takes. */
const LONGEST_PIECE_SECONDS = 60;
/** An encoder is given no more at once, so that neither a long sentence nor a long pause takes much memory. */
const PORTION_SAMPLES = 24_000;

/**
 * MP3 by an encoder. The state of an encoder cannot be written down, so the sound is encoded in pieces, each by an encoder
 * of its own, which are cut in pauses: the silence that an encoder puts around its sound is taken out of the pause, and
 * every sample plays at the time it would have in a WAV. Where the pieces end depends on the sound alone, so that a
 * render that was resumed is the same to the byte.
 */
export class EncodedMp3Track implements SoundTrack {
  readonly #file: RenderFile;
  readonly #createEncoder: CreateMp3Encoder;
  readonly #options: Mp3EncoderOptions;
  /** As long as the one that is written in the end. */
  readonly #tag: Id3TagOptions;
  readonly #seekPoints: Mp3SeekPoint[];
  readonly #writer: AppendWriter;
  #header: Uint8Array<ArrayBuffer>;
  /** Behind tag and notes. */
  #firstByte = 0;
  #frameSamples: number;
  #delaySamples = 0;
  #isConstant = true;

  /** The sound so far, without the pause that is to come. */
  #samples: number;
  #pauseSamples = 0;
  #frames: number;
  /** The piece being encoded: its first frame, and how many samples it was given. */
  #pieceFrame: number;
  #pieceSamples = 0;
  #encoder: Mp3Encoder | undefined;
  #reader = new Mp3FrameReader();
  #checkpoint: TrackState | undefined;

  /**
   * @param tag what will stand in front; only the times of its chapters may change.
   * @param seekPoints of all states up to `state`, with places in the file.
   */
  constructor(options: {
    file: RenderFile;
    createEncoder: CreateMp3Encoder;
    encoder: Mp3EncoderOptions;
    tag: Id3TagOptions;
    state: TrackState | undefined;
    seekPoints: readonly Mp3SeekPoint[];
  }) {
    const { state } = options;
    this.#file = options.file;
    this.#createEncoder = options.createEncoder;
    this.#options = options.encoder;
    this.#tag = options.tag;
    this.#writer = new AppendWriter(options.file, state?.bytes ?? 0);
    this.#header = fromHex(state?.header ?? '');
    if (state !== undefined) this.#firstByte = placeholderHead(this.#tag, this.#header).length;
    this.#seekPoints = options.seekPoints.map(({ frames, bytes }) => ({
      frames,
      bytes: bytes - this.#firstByte,
    }));
    // MPEG-1 begins at 32 kHz.
    this.#frameSamples = options.encoder.sampleRate >= 32_000 ? 1152 : 576;
    this.#samples = state?.samples ?? 0;
    this.#frames = state?.frames ?? 0;
    this.#pieceFrame = this.#frames;
  }

  get lengthMs(): number {
    return ((this.#samples + this.#pauseSamples) / this.#options.sampleRate) * 1000;
  }

  async addSound(sound: Pcm | AudioClip): Promise<PlacedSound> {
    const samples = toSamples(sound, this.#options.sampleRate);
    await this.#encodeSilence(this.#pauseSamples);
    this.#samples += this.#pauseSamples;
    this.#pauseSamples = 0;
    const startMs = this.lengthMs;
    await this.#encode(samples);
    this.#samples += samples.length;
    return { startMs, endMs: this.lengthMs };
  }

  async addPause(ms: number): Promise<void> {
    const { sampleRate } = this.#options;
    this.#pauseSamples += Math.round((ms * sampleRate) / 1000);
    if (this.#pieceSamples < PIECE_SECONDS * sampleRate) return;
    // The end of the piece, and up to a frame each to reach the border and to let the decoder run out.
    const least = this.#delaySamples + DECODER_DELAY_SAMPLES + 2 * this.#frameSamples;
    if (this.#pieceSamples >= LONGEST_PIECE_SECONDS * sampleRate) {
      this.#pauseSamples = Math.max(this.#pauseSamples, least);
    }
    if (this.#pauseSamples >= least) await this.#endPiece();
  }

  async checkpoint(): Promise<TrackState | undefined> {
    const checkpoint = this.#checkpoint;
    this.#checkpoint = undefined;
    return checkpoint;
  }

  async finish(tag: Id3TagOptions): Promise<void> {
    await this.#encodeSilence(this.#pauseSamples);
    this.#samples += this.#pauseSamples;
    this.#pauseSamples = 0;
    await this.#startPiece();
    await this.#write(this.#read(this.#encoder!.finish(), true));
    const needed = this.#delaySamples + DECODER_DELAY_SAMPLES + this.#samples;
    await this.#writeSilentFrames(Math.ceil(needed / this.#frameSamples));
    await this.#writer.drain();
    const padding = this.#frames * this.#frameSamples - this.#delaySamples - this.#samples;
    const info = infoFrame({
      header: this.#header,
      isConstant: this.#isConstant,
      frames: this.#frames,
      bytes: this.#writer.position - this.#firstByte,
      seekPoints: this.#seekPoints,
      delaySamples: this.#delaySamples,
      paddingSamples: Math.min(padding, 4095),
    });
    await this.#file.writeAt(0, joinBytes([id3Tag(tag), info]));
  }

  /** Ends the piece at the last border of two frames before the pause does. */
  async #endPiece(): Promise<void> {
    const nextSample = this.#samples + this.#pauseSamples;
    const border = Math.floor(nextSample / this.#frameSamples);
    const pieceEnd = (border - this.#pieceFrame) * this.#frameSamples;
    await this.#encodeSilence(pieceEnd - this.#pieceSamples);
    await this.#write(this.#read(this.#encoder!.finish(), true), border);
    await this.#writeSilentFrames(border);
    this.#samples = nextSample;
    this.#pauseSamples = 0;
    this.#pieceFrame = border;
    this.#pieceSamples = 0;
    this.#encoder = undefined;
    this.#reader = new Mp3FrameReader();
    await this.#writer.drain();
    const bytes = this.#writer.position;
    this.#seekPoints.push({ frames: border, bytes: bytes - this.#firstByte });
    const header = toHex(this.#header);
    this.#checkpoint = { bytes, samples: nextSample, frames: border, header };
  }

  async #startPiece(): Promise<void> {
    if (this.#encoder !== undefined) return;
    this.#encoder = await this.#createEncoder(this.#options);
    this.#delaySamples = this.#encoder.delaySamples;
    // The piece begins at a border of frames, the sound as much behind it.
    const lead = this.#samples - this.#pieceFrame * this.#frameSamples;
    await this.#encodeSilence(lead);
  }

  async #encodeSilence(samples: number): Promise<void> {
    for (let rest = samples; rest > 0; rest -= PORTION_SAMPLES) {
      await this.#encode(new Int16Array(Math.min(rest, PORTION_SAMPLES)));
    }
  }

  async #encode(samples: Int16Array): Promise<void> {
    await this.#startPiece();
    this.#pieceSamples += samples.length;
    for (let from = 0; from < samples.length; from += PORTION_SAMPLES) {
      const portion = samples.subarray(from, from + PORTION_SAMPLES);
      await this.#write(this.#read(this.#encoder!.encode(portion), false));
    }
  }

  #read(bytes: Uint8Array, isEnd: boolean): Mp3SoundFrame[] {
    // What an encoder returns may be memory that it will use again.
    const frames = this.#reader.push(new Uint8Array(bytes));
    return isEnd ? [...frames, ...this.#reader.flush()] : frames;
  }

  async #write(frames: readonly Mp3SoundFrame[], until = Number.POSITIVE_INFINITY): Promise<void> {
    for (const { bytes, layout } of frames) {
      if (this.#frames >= until) return;
      if (layout.sampleRate !== this.#options.sampleRate || layout.channels !== 1) {
        throw new ProtocolError(
          `The MP3 encoder gave ${layout.channels} channels at ${layout.sampleRate} Hz for mono at ${this.#options.sampleRate} Hz. Set it up to keep both.`,
          { code: 'mp3_mode_change' },
        );
      }
      await this.#begin(bytes);
      this.#isConstant &&= bytes[2]! >> 4 === this.#header[2]! >> 4;
      await this.#writer.write(bytes);
      this.#frames += 1;
    }
  }

  async #writeSilentFrames(until: number): Promise<void> {
    while (this.#frames < until) {
      await this.#writer.write(silentFrame(this.#header));
      this.#frames += 1;
    }
  }

  async #begin(frame: Uint8Array): Promise<void> {
    if (this.#firstByte > 0) return;
    this.#header = new Uint8Array(frame.subarray(0, 4));
    const head = placeholderHead(this.#tag, this.#header);
    this.#firstByte = head.length;
    await this.#writer.write(head);
  }
}
