import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramError, runProgram } from './run-program.ts';
import type { Sound } from './sound.ts';
import { UndecodableAudioError } from './undecodable-audio-error.ts';
import { readWavChannels } from './wav-channels.ts';

const TIME_LIMIT_MS = 60_000;
/** An hour of stereo at 48 kHz. */
const MOST_OUTPUT_BYTES = 700 * 1000 * 1000;

/** What is decoded came from a client: it must not lead to other files or addresses. */
const INPUT_ARGS = '-nostdin -v error -protocol_whitelist file,pipe -f mov -i'.split(' ');
const MONO_ARGS = ['-ac', '1'];
const OUTPUT_ARGS = '-vn -map 0:a:0 -c:a pcm_s16le -bitexact -f wav pipe:1'.split(' ');

/**
 * Decodes AAC in MP4 with the user's own ffmpeg: no decoder for it that could be shipped with this package is to be had.
 *
 * @throws {UndecodableAudioError} `unsupported` where there is no ffmpeg, and the signal's reason.
 */
export async function decodeM4a(
  bytes: Uint8Array,
  { keepChannels, signal }: { keepChannels: boolean; signal?: AbortSignal | undefined },
): Promise<Sound> {
  const folder = await mkdtemp(join(tmpdir(), 'stepvoice-'));
  try {
    // A file, not a pipe: the index of an MP4 may stand at its end.
    const file = join(folder, 'audio.m4a');
    await writeFile(file, bytes);
    const wav = await runProgram({
      command: 'ffmpeg',
      args: [...INPUT_ARGS, `file:${file}`, ...(keepChannels ? [] : MONO_ARGS), ...OUTPUT_ARGS],
      timeLimitMs: TIME_LIMIT_MS,
      mostOutputBytes: MOST_OUTPUT_BYTES,
      signal,
    });
    return readWavChannels(wav);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw toAudioError(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toAudioError(cause: ProgramError): UndecodableAudioError {
  if (cause.reason === 'missing') {
    return new UndecodableAudioError(
      'unsupported',
      'm4a is decoded with ffmpeg, which is not installed where the emulator runs: install it, or send wav, mp3, ogg, flac or pcm',
      { cause },
    );
  }
  return cause.reason === 'failed'
    ? new UndecodableAudioError('invalid', 'the audio is not readable m4a', { cause })
    : new UndecodableAudioError('too-long', 'the audio is longer than can be decoded here', {
        cause,
      });
}
