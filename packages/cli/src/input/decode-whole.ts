import { concatSamples, readWav, sniffContainer } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { findSoundDecoder } from './decode-sound.ts';

/**
 * The samples of a whole sound: a WAV by itself, anything else through ffmpeg.
 *
 * @param sound its file, where it has one that can be read at any place: some formats need that.
 * @throws {UsageError} for what is no sound, and for what needs ffmpeg where there is none.
 */
export async function decodeWhole(
  sound: { name: string; path: string | undefined; bytes: Uint8Array },
  context: CommandContext,
): Promise<Pcm> {
  const pcm =
    sniffContainer(sound.bytes) === 'wav'
      ? readWav(sound.bytes)
      : await decodeByProgram(sound, context);
  if (pcm.samples.length > 0) return { samples: pcm.samples, sampleRate: pcm.sampleRate };
  throw new UsageError(context.t('error.soundEmpty', { file: sound.name }));
}

async function decodeByProgram(
  { name, path, bytes }: Parameters<typeof decodeWhole>[0],
  { terminal, t, signal }: CommandContext,
): Promise<Pcm> {
  if (bytes.length === 0) return { samples: new Int16Array(0), sampleRate: 1 };
  const decoder = await findSoundDecoder(terminal, t);
  if (decoder === undefined) {
    throw new UsageError(t('error.soundNotWav', { file: name }), t('advice.soundUnknown'));
  }
  const parts: Int16Array[] = [];
  let sampleRate = 1;
  for await (const piece of decoder({ name, input: path ?? once(bytes), signal })) {
    parts.push(piece.samples);
    ({ sampleRate } = piece);
  }
  return { samples: concatSamples(parts), sampleRate };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
