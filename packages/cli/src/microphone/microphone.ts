import { execFile, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { PcmReader } from '@stepvoice/core/audio';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { endProcess, endWithProcess } from '../owned-process.ts';
import { findRecorders, recorderEnvironment, recorderNames } from './system-recorder.ts';
import type { SystemRecorder } from './system-recorder.ts';

/** A system may ask its user first whether the program may listen. */
const START_MS = 15_000;
const LONGEST_WORDS = 200;

export type MicrophoneOptions = {
  /** Hz. */
  sampleRate: number;
  /** As the recorder names it. */
  device?: string | undefined;
};

type Recording = ChildProcessByStdio<null, Readable, Readable>;

/** The system's microphone, from the first sample on until it is stopped. Read once. */
export class Microphone implements AsyncIterable<Int16Array> {
  /** The program that records. */
  readonly recorder: string;
  readonly sampleRate: number;
  readonly #child: Recording;
  readonly #lastWords: () => string;
  readonly #ended: (said: string) => CliError;
  #isStopped = false;

  /** Made by `openMicrophone()`. */
  constructor(
    recorder: string,
    recording: { child: Recording; lastWords: () => string },
    sampleRate: number,
    ended: (said: string) => CliError,
  ) {
    this.recorder = recorder;
    this.sampleRate = sampleRate;
    this.#child = recording.child;
    this.#lastWords = recording.lastWords;
    this.#ended = ended;
  }

  /**
   * Samples as they are recorded.
   *
   * @throws {CliError} where the recorder ends by itself: the device was taken out.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Int16Array, void, void> {
    const reader = new PcmReader();
    for await (const bytes of this.#child.stdout as AsyncIterable<Uint8Array>) {
      const samples = reader.push(bytes);
      if (samples.length > 0) yield samples;
    }
    if (!this.#isStopped) throw this.#ended(this.#lastWords());
  }

  /** Ends the recording; the iteration then ends. May be called twice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await endProcess(this.#child);
  }
}

/**
 * Opens the microphone with the first recorder that gives sound.
 *
 * @throws {CliError} where none does, with what each of them said.
 */
export async function openMicrophone(
  { sampleRate, device }: MicrophoneOptions,
  { terminal, t, signal }: CommandContext,
): Promise<Microphone> {
  signal.throwIfAborted();
  const { platform, env } = terminal;
  const recorders = await findRecorders(platform, env);
  if (recorders.length === 0) {
    const names = recorderNames(platform).join(', ');
    throw new CliError(t('error.noRecorder', { names }), {
      exitCode: EXIT.failure,
      advice: t('advice.noRecorder'),
    });
  }
  const reasons: string[] = [];
  for (const recorder of recorders) {
    const named = await nameDevice(recorder, device);
    const recording = start(recorder, { sampleRate, device: named });
    const reason = await whyNoSound(recording, signal);
    if (reason === undefined) {
      return new Microphone(
        recorder.name,
        recording,
        sampleRate,
        (said) =>
          new CliError(t('error.microphoneEnded', { reason: said || t('reason.unknown') }), {
            exitCode: EXIT.failure,
          }),
      );
    }
    await endProcess(recording.child);
    signal.throwIfAborted();
    reasons.push(`${recorder.name}: ${reason || t('reason.unknown')}`);
  }
  throw new CliError(t('error.noMicrophone', { reasons: reasons.join('; ') }), {
    exitCode: EXIT.failure,
    advice: t('advice.noMicrophone'),
  });
}

function start(
  recorder: SystemRecorder,
  wanted: { sampleRate: number; device: string | undefined },
) {
  const child = spawn(recorder.program, recorder.toArguments(wanted), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...recorderEnvironment(wanted.device) },
    windowsHide: true,
    // Ctrl-C reaches every process of the terminal's group; the recording is to end when this process says so.
    detached: process.platform !== 'win32',
  });
  endWithProcess(child);
  child.on('error', () => {});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
  });
  const lastWords = (): string =>
    said.trim().split('\n').at(-1)?.trim().slice(0, LONGEST_WORDS) ?? '';
  return { child, lastWords };
}

/** Waits for the first sound. @returns `undefined` when it has come, else what the recorder said. */
async function whyNoSound(
  { child, lastWords }: { child: Recording; lastWords: () => string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const limit = AbortSignal.timeout(START_MS);
  const either = AbortSignal.any([signal, limit]);
  try {
    await Promise.race([
      once(child.stdout, 'readable', { signal: either }),
      once(child, 'close', { signal: either }),
    ]);
  } catch {
    return lastWords();
  }
  return child.stdout.readableLength > 0 ? undefined : lastWords();
}

/** The device to record from; where the program makes no choice, the first that it knows. */
async function nameDevice(
  { program, needsDevice }: SystemRecorder,
  device: string | undefined,
): Promise<string | undefined> {
  if (device !== undefined || needsDevice !== true) return device;
  const listing = await new Promise<string>((resolve) => {
    const args = '-hide_banner -list_devices true -f dshow -i dummy'.split(' ');
    // It ends with an error, for there is nothing to read, and its list is on stderr.
    execFile(program, args, { timeout: START_MS, windowsHide: true }, (_error, _stdout, stderr) =>
      resolve(stderr),
    );
  });
  return /"([^"]+)" \(audio\)/.exec(listing)?.[1];
}
