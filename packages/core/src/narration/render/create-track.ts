import type { Id3TagOptions } from '../../audio/mp3/id3-tag.ts';
import type { Mp3SeekPoint } from '../../audio/mp3/mp3-info-frame.ts';
import { EncodedMp3Track } from './encoded-mp3-track.ts';
import { JoinedMp3Track } from './joined-mp3-track.ts';
import type { RenderOptions } from './render-options.ts';
import type { SoundTrack, TrackState } from './sound-track.ts';
import { WavTrack } from './wav-track.ts';

const DEFAULT_SAMPLE_RATE = 24_000;
const DEFAULT_BITRATE = 64;

/** The file of sound in the format asked for, from where `state` left it. */
export function createTrack(
  options: Pick<RenderOptions, 'files' | 'format' | 'createMp3Encoder' | 'bitrate' | 'sampleRate'>,
  tag: Id3TagOptions,
  state: TrackState | undefined,
  seekPoints: readonly Mp3SeekPoint[],
): SoundTrack {
  const { sampleRate = DEFAULT_SAMPLE_RATE, bitrate = DEFAULT_BITRATE, createMp3Encoder } = options;
  const file = options.files.sound;
  if (options.format === 'wav') return new WavTrack(file, sampleRate, state);
  if (createMp3Encoder === undefined) {
    return new JoinedMp3Track({ file, sampleRate, tag, state, seekPoints });
  }
  const encoder = { sampleRate, bitrate };
  return new EncodedMp3Track({
    file,
    createEncoder: createMp3Encoder,
    encoder,
    tag,
    state,
    seekPoints,
  });
}
