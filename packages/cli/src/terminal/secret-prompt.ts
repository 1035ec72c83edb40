import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interrupted } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from './terminal.ts';
import { writeTo } from './terminal.ts';

type PromptOptions = {
  terminal: Terminal;
  /** Written to stderr, so that stdout stays clean. */
  question: string;
  signal: AbortSignal;
};

/**
 * Asks for a line that is not shown while it is typed. The terminal is as before afterwards, however the question ends.
 *
 * @throws the signal's reason, or {@link Interrupted} on Ctrl-C, which a terminal in raw mode hands over as a key.
 */
export async function askSecret(options: PromptOptions): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, callback) => callback() });
  try {
    return await askThrough(nowhere, options);
  } finally {
    await writeTo(options.terminal.stderr, '\n');
  }
}

/** Asks for a line that is shown while it is typed. */
export async function askLine(options: PromptOptions): Promise<string> {
  return askThrough(options.terminal.stderr, options);
}

async function askThrough(
  echo: NodeJS.WritableStream,
  { terminal, question, signal }: PromptOptions,
): Promise<string> {
  signal.throwIfAborted();
  const lines = createInterface({
    input: terminal.stdin,
    output: echo,
    terminal: terminal.stdin.isTTY,
    historySize: 0,
  });
  const stop = new AbortController();
  lines.once('SIGINT', () => stop.abort(new Interrupted(EXIT.interrupted)));
  // Ctrl-D, or the terminal went away: without this the question would stay open for ever.
  lines.once('close', () => stop.abort(new Interrupted(EXIT.interrupted)));
  const either = AbortSignal.any([signal, stop.signal]);
  const isShown = echo === terminal.stderr;
  try {
    // Only now the terminal shows nothing by itself any more: who types as soon as asked must not be seen either.
    if (!isShown) await writeTo(terminal.stderr, question);
    return (await lines.question(isShown ? question : '', { signal: either })).trim();
  } catch (error) {
    either.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}
