import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { PcmReader } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { UsageError } from '../cli-error.ts';
import { findProgram } from '../find-program.ts';
import type { Translate } from '../language/translate.ts';
import { endProcess, endWithProcess } from '../owned-process.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the service hears best, and the least of what it takes. */
export const DECODED_RATE = 16_000;
const LONGEST_WORDS = 200;

export type SoundToDecode = {
  /** For messages: a file's name, or "standard input". */
  name: string;
  /** A file that can be read at any place, or bytes as they come. */
  input: string | AsyncIterable<Uint8Array>;
  signal: AbortSignal;
};

/** Makes samples of any sound or film that a program of the system knows. */
export type SoundDecoder = (sound: SoundToDecode) => AsyncGenerator<Pcm, void, void>;

/** @returns `undefined` where ffmpeg is not installed. */
export async function findSoundDecoder(
  { platform, env }: Terminal,
  t: Translate,
): Promise<SoundDecoder | undefined> {
  const program = await findProgram('ffmpeg', platform, env);
  return program === undefined ? undefined : (sound) => decode(program, sound, t);
}

async function* decode(
  program: string,
  { name, input, signal }: SoundToDecode,
  t: Translate,
): AsyncGenerator<Pcm, void, void> {
  signal.throwIfAborted();
  // A name may begin with what ffmpeg takes for a protocol.
  const source = typeof input === 'string' ? ['-nostdin', '-i', `file:${input}`] : ['-i', 'pipe:0'];
  const child = spawn(
    program,
    [
      ...'-hide_banner -loglevel error'.split(' '),
      ...source,
      ...`-vn -ac 1 -ar ${DECODED_RATE} -f s16le pipe:1`.split(' '),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
  );
  endWithProcess(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  const over = once(child, 'close').then(
    ([code]) => code as number | null,
    (error: Error) => {
      said = error.message;
      return null;
    },
  );
  const abort = (): void => void endProcess(child);
  signal.addEventListener('abort', abort, { once: true });
  const feeding =
    typeof input === 'string' ? endInput(child.stdin) : feed(child.stdin, input, over);
  // Its failure is told where it is awaited.
  feeding.catch(() => {});
  try {
    const reader = new PcmReader();
    for await (const bytes of child.stdout as AsyncIterable<Uint8Array>) {
      const samples = reader.push(bytes);
      if (samples.length > 0) yield { samples, sampleRate: DECODED_RATE };
    }
    const code = await over;
    signal.throwIfAborted();
    await feeding;
    if (code === 0) return;
    const reason = said.trim().split('\n').at(-1)?.trim().slice(0, LONGEST_WORDS);
    throw new UsageError(
      t('error.soundUndecodable', { file: name, reason: reason || t('reason.unknown') }),
    );
  } finally {
    signal.removeEventListener('abort', abort);
    await endProcess(child);
  }
}

async function endInput(input: Writable): Promise<void> {
  input.end();
}

async function feed(
  input: Writable,
  bytes: AsyncIterable<Uint8Array>,
  over: Promise<unknown>,
): Promise<void> {
  let isOpen = true;
  // A decoder that ends early closes its side; that is told by its ending.
  input.on('error', () => {
    isOpen = false;
  });
  try {
    for await (const piece of bytes) {
      if (!isOpen) return;
      if (!input.write(piece)) await Promise.race([once(input, 'drain').catch(() => {}), over]);
    }
  } finally {
    input.end();
  }
}
