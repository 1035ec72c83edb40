import { Worker } from 'node:worker_threads';
import type { SpeechChunk, SpeechEngine, SpeechRequest } from './speech-engine.ts';
import { SpeechStream } from './speech-stream.ts';
import type { FromSpeaker, ToSpeaker } from './speech-worker-messages.ts';

/**
 * Speaks in a thread of its own, because the engine blocks while it speaks. The thread starts with the first request, never keeps the
 * process alive unless somebody waits for a chunk, and is replaced when it dies: what was being spoken then throws, the next request is
 * served.
 */
export function createSpeechEngine(): SpeechEngine {
  return new WorkerSpeechEngine(startSpeaker);
}

/** The engine around whatever thread `startThread` starts; it must speak the language of `speech-worker-messages.ts`. */
export class WorkerSpeechEngine implements SpeechEngine {
  readonly #startThread: () => Worker;
  #worker: Worker | undefined;
  readonly #streams = new Map<number, SpeechStream>();
  #nextId = 0;
  #waiting = 0;
  #closed = false;

  constructor(startThread: () => Worker) {
    this.#startThread = startThread;
  }

  synthesize({ signal, ...request }: SpeechRequest): AsyncIterable<SpeechChunk> {
    checkRange('speed', request.speed ?? 1, 0.5, 2);
    checkRange('volume', request.volume ?? 1, 0.1, 2);
    checkRange('sampleRate', request.sampleRate, 8000, 48_000);
    const id = this.#nextId++;
    let isOpen = false;
    const stream = new SpeechStream({
      signal,
      request: () => {
        if (this.#closed) throw new Error('The speech engine is closed.');
        const worker = (this.#worker ??= this.#start());
        const send = (message: ToSpeaker) => worker.postMessage(message);
        if (!isOpen) {
          isOpen = true;
          this.#streams.set(id, stream);
          send({ type: 'open', id, request });
        }
        send({ type: 'next', id });
      },
      waiting: (isWaiting) => {
        this.#waiting += isWaiting ? 1 : -1;
        if (this.#waiting > 0) this.#worker?.ref();
        else this.#worker?.unref();
      },
      end: () => {
        if (this.#streams.delete(id))
          this.#worker?.postMessage({ type: 'close', id } satisfies ToSpeaker);
      },
    });
    return stream;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#fail(new Error('The speech engine was closed while it spoke.'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = this.#startThread();
    worker.on('message', (message: FromSpeaker) => {
      const stream = this.#streams.get(message.id);
      if (message.type === 'chunk') return stream?.push(message.chunk);
      this.#streams.delete(message.id);
      if (message.type === 'end') stream?.finish();
      else stream?.fail(message.error);
    });
    worker.on('error', (cause) => this.#died(worker, cause));
    worker.on('exit', (code) => this.#died(worker, new Error(`It ended with exit code ${code}.`)));
    if (this.#waiting === 0) worker.unref();
    return worker;
  }

  #died(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#fail(
      new Error('The thread that speaks has died; what it was speaking is lost.', { cause }),
    );
  }

  #fail(error: Error): void {
    this.#worker = undefined;
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) stream.fail(error);
  }
}

/** The thread that speaks with eSpeak NG. */
export function startSpeaker(): Worker {
  // Compiled or not, the thread's file has the extension of this one; sources find the sources of their neighbours.
  const isSource = import.meta.url.endsWith('.ts');
  return new Worker(new URL(`./speech-worker.${isSource ? 'ts' : 'js'}`, import.meta.url), {
    execArgv: isSource
      ? ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning']
      : [],
    // What compiled modules print is nobody's business. It is not read either: a reader would keep the process alive.
    stdout: true,
    stderr: true,
  });
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}; it must be from ${least} to ${most}.`);
}
