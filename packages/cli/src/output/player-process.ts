import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endProcess, endWithProcess, hasEnded } from '../owned-process.ts';
import type { SystemPlayer } from './system-player.ts';

/** A player that could not play; its own last words are the message. */
export class PlayerError extends Error {
  override name = 'PlayerError';
  readonly player: string;
  /** Whether it had played for so long that to start over would repeat what was heard. */
  readonly hadBegun: boolean;

  constructor(player: string, said: string, hadBegun: boolean) {
    super(said);
    this.player = player;
    this.hadBegun = hadBegun;
  }
}

/** A player without a device ends within this time; one that plays lives longer. */
const START_MS = 1500;
const LONGEST_WORDS = 200;

/**
 * Plays one sound to its end.
 *
 * @param pieces PCM as it arrives, for a player that streams; ignored by one that takes the file.
 * @throws {PlayerError} where the player could not, and the signal's reason when it was aborted; the player is gone by then.
 */
export async function playThrough(
  player: SystemPlayer,
  sound: { pieces: AsyncIterable<Uint8Array>; file: string; sampleRate: number },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(player.program, player.toArguments(sound), {
    stdio: [player.streams ? 'pipe' : 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  endWithProcess(child);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  const over = ending(child);
  const abort = (): void => void endProcess(child);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const fed = !player.streams || (await feed(child, sound.pieces, over));
    const { code, error } = await over;
    signal.throwIfAborted();
    if (fed && code === 0 && player.failure?.test(said) !== true) return;
    const words =
      lastWords(said, player.failure) ?? error?.message ?? `exit ${code ?? child.signalCode}`;
    // One that says it has no device may take its time to say so.
    const hadDevice = player.failure?.test(said) !== true;
    const hadBegun = hadDevice && performance.now() - startedAt > START_MS;
    throw new PlayerError(player.name, words, hadBegun);
  } finally {
    signal.removeEventListener('abort', abort);
    await endProcess(child);
  }
}

type Ending = { code: number | null; error?: Error };

/** Settles when the player is gone, or could not be started. */
async function ending(child: ChildProcess): Promise<Ending> {
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code };
  } catch (error) {
    return { code: null, error: error as Error };
  }
}

/** @returns whether the player took everything. */
async function feed(
  child: ChildProcess,
  pieces: AsyncIterable<Uint8Array>,
  over: Promise<Ending>,
): Promise<boolean> {
  const input = child.stdin!;
  let isOpen = true;
  // A player that ends early closes its side; that is told by its ending, not by an exception.
  input.on('error', () => {
    isOpen = false;
  });
  for await (const piece of pieces) {
    if (!isOpen || hasEnded(child)) return false;
    if (!input.write(piece)) await Promise.race([once(input, 'drain').catch(() => {}), over]);
  }
  input.end();
  await Promise.race([once(input, 'finish').catch(() => {}), over]);
  return isOpen;
}

/** The line that names the failure, where one is known to, else the last one. */
function lastWords(text: string, failure: RegExp | undefined): string | undefined {
  const lines = text.trim().split('\n');
  const line = (lines.find((candidate) => failure?.test(candidate)) ?? lines.at(-1))?.trim();
  return line === undefined || line === '' ? undefined : line.slice(0, LONGEST_WORDS);
}
