import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resample, writeWav } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import { EmulatorOptionError } from '../options.ts';
import { parseCommand } from './parse-command.ts';
import { ProgramError, runProgram } from './run-program.ts';

/** What the known recognisers take. */
const SAMPLE_RATE = 16_000;
const TIME_LIMIT_MS = 120_000;
const MOST_OUTPUT_BYTES = 1024 * 1024;
const WAV_PLACE = '{wav}';
const LANGUAGE_PLACE = '{language}';

/** Why the user's recogniser gave no text; the message names the program and what to do. */
export class RecognizerError extends Error {
  override name = 'RecognizerError';
}

/** A program of the user's that turns a WAV file into text. */
export class Recognizer {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #closing = new AbortController();
  /** One runs at a time: recognisers take all the processors there are. */
  #tail: Promise<unknown> = Promise.resolve();

  /** @throws {EmulatorOptionError} for a command that cannot be understood or does not take a file. */
  constructor(command: string | readonly string[]) {
    const [program, ...args] = typeof command === 'string' ? parse(command) : command;
    if (program === undefined || !args.some((arg) => arg.includes(WAV_PLACE))) {
      throw new EmulatorOptionError(
        `recognizer must name a program and hold ${WAV_PLACE} where the path of the file to recognise belongs, as in 'whisper-cli -nt {wav}'.`,
      );
    }
    this.#command = program;
    this.#args = args;
  }

  /**
   * Has the program listen to a 16 kHz mono WAV file and answers what it printed to standard output.
   *
   * @param language takes the place of `{language}` in the command; `auto` where it is not known.
   * @throws {RecognizerError} and the signal's reason.
   */
  recognize(sound: Pcm, language: string | undefined, signal: AbortSignal): Promise<string> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const text = this.#tail.then(() => this.#run(sound, language ?? 'auto', either));
    this.#tail = text.catch(() => undefined);
    return text;
  }

  /** Ends what is running. */
  async close(): Promise<void> {
    this.#closing.abort(new RecognizerError('the emulator was closed'));
    await this.#tail;
  }

  async #run({ samples, sampleRate }: Pcm, language: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'stepvoice-'));
    try {
      const file = join(folder, 'speech.wav');
      const converted = resample(samples, sampleRate, SAMPLE_RATE);
      await writeFile(file, writeWav({ samples: converted, sampleRate: SAMPLE_RATE }));
      const args = this.#args.map((arg) =>
        arg.replaceAll(WAV_PLACE, file).replaceAll(LANGUAGE_PLACE, language),
      );
      const printed = await runProgram({
        command: this.#command,
        args,
        timeLimitMs: TIME_LIMIT_MS,
        mostOutputBytes: MOST_OUTPUT_BYTES,
        signal,
      });
      return new TextDecoder().decode(printed).trim().replace(/\s+/g, ' ');
    } catch (cause) {
      if (!(cause instanceof ProgramError)) throw cause;
      const message = `the recognizer gave no text: ${cause.message}; run it by hand with a WAV file to see why`;
      throw new RecognizerError(message, { cause });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function parse(line: string): string[] {
  try {
    return parseCommand(line);
  } catch (error) {
    throw new EmulatorOptionError(
      `recognizer cannot be understood: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
