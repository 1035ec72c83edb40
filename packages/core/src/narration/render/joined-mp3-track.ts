import type { Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import { id3Tag } from '../../audio/mp3/id3-tag.ts';
import { joinBytes } from '../../audio/join-bytes.ts';
import type { Mp3SeekPoint } from '../../audio/mp3/mp3-info-frame.ts';
import { Mp3Joiner } from '../../audio/mp3/mp3-joiner.ts';
import type { AudioClip } from '../../audio/output/audio-output.ts';
import type { Pcm } from '../../audio/pcm.ts';
import { ProtocolError } from '../../errors.ts';
import { AppendWriter } from './append-writer.ts';
import { fromHex, placeholderHead } from './mp3-head.ts';
import type { RenderFile } from './render-file.ts';
import type { PlacedSound, SoundTrack, TrackState } from './sound-track.ts';

/** MP3 out of the files that the service has encoded, joined frame by frame. */
export class JoinedMp3Track implements SoundTrack {
  readonly #file: RenderFile;
  readonly #sampleRate: number;
  readonly #tag: Id3TagOptions;
  readonly #joiner: Mp3Joiner;
  readonly #seekPoints: Mp3SeekPoint[];
  readonly #writer: AppendWriter;
  #isChanged = false;

  /**
   * @param tag what will stand in front; only the times of its chapters may change.
   * @param seekPoints of all states up to `state`, with places in the file.
   */
  constructor(options: {
    file: RenderFile;
    sampleRate: number;
    tag: Id3TagOptions;
    state: TrackState | undefined;
    seekPoints: readonly Mp3SeekPoint[];
  }) {
    this.#file = options.file;
    this.#sampleRate = options.sampleRate;
    this.#tag = options.tag;
    this.#joiner = new Mp3Joiner(options.state?.joiner);
    const headBytes = (options.state?.bytes ?? 0) - this.#joiner.state.bytes;
    this.#seekPoints = options.seekPoints.map(({ frames, bytes }) => ({
      frames,
      bytes: bytes - headBytes,
    }));
    this.#writer = new AppendWriter(options.file, options.state?.bytes ?? 0);
  }

  get lengthMs(): number {
    const { endSamples, pauseSamples } = this.#joiner.state;
    return this.#toMs(endSamples + pauseSamples);
  }

  async addSound(sound: Pcm | AudioClip): Promise<PlacedSound> {
    const clip = 'bytes' in sound && sound.mediaType === 'audio/mpeg' ? sound.bytes : undefined;
    if (clip === undefined) {
      const got = 'bytes' in sound ? sound.mediaType : 'samples';
      throw new ProtocolError(`Speech came as ${got} where MP3 was asked for.`, {
        code: 'invalid_mp3',
      });
    }
    const { bytes, startSamples, samples } = this.#joiner.append(clip);
    if (this.#joiner.sampleRate !== this.#sampleRate) {
      throw new ProtocolError(
        `The service sent an MP3 of ${this.#joiner.sampleRate} Hz where ${this.#sampleRate} Hz were asked for.`,
        { code: 'sample_rate_change' },
      );
    }
    if (this.#writer.position === 0) {
      await this.#writer.write(placeholderHead(this.#tag, fromHex(this.#joiner.state.header)));
    }
    await this.#writer.write(bytes);
    const { frames, bytes: total } = this.#joiner.state;
    this.#seekPoints.push({ frames, bytes: total });
    this.#isChanged = true;
    return { startMs: this.#toMs(startSamples), endMs: this.#toMs(startSamples + samples) };
  }

  async addPause(ms: number): Promise<void> {
    this.#joiner.pause(Math.round((ms * this.#sampleRate) / 1000));
  }

  async checkpoint(): Promise<TrackState | undefined> {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    await this.#writer.drain();
    const { state } = this.#joiner;
    const { frames, header } = state;
    return { bytes: this.#writer.position, samples: 0, frames, header, joiner: state };
  }

  async finish(tag: Id3TagOptions): Promise<void> {
    await this.#writer.write(this.#joiner.finish());
    await this.#writer.drain();
    const head = joinBytes([id3Tag(tag), this.#joiner.infoFrame(this.#seekPoints)]);
    await this.#file.writeAt(0, head);
  }

  #toMs(samples: number): number {
    return (samples / this.#sampleRate) * 1000;
  }
}
