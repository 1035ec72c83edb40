import { StepAudioError } from '../../errors.ts';
import type {
  AudioOutput,
  AudioOutputEvent,
  AudioOutputTraits,
  AudioPiece,
} from './audio-output.ts';
import {
  checkAtLeast,
  checkPiece,
  checkRate,
  outputClosed,
  pieceSeconds,
  steadyNow,
} from './output-checks.ts';
import { OutputEvents } from './output-events.ts';
import type { OutputPort } from './output-port.ts';
import { PortClock } from './port-clock.ts';
import {
  fromEnvelope,
  inEnvelope,
  type PortAnswer,
  type PortError,
  type PortEvent,
  type PortRequest,
} from './port-messages.ts';

export type ConnectOutputOptions = {
  /**
   * `enqueue` settles while less than this is on its way, so that a slow channel holds nothing up; beyond it, pieces wait
   * for the far output to have room. Default 2. An output without a clock gets no such credit.
   */
  creditSeconds?: number | undefined;
  /** Milliseconds since the epoch: events are told in this clock. Default: the platform's steady clock. */
  now?: (() => number) | undefined;
  /** Ends the waiting for the far end. */
  signal?: AbortSignal | undefined;
};

/** What the far output has not taken yet. */
type Outstanding = {
  readonly sequence: number;
  readonly seconds: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
};

type WithoutAddress<Request> = Request extends PortRequest
  ? Omit<Request, 'connection' | 'generation'>
  : never;

/**
 * Connects with the output that `serveOutput` offers at the other end of the port. Waits until somebody serves there; a far
 * end that starts again later (a page that was loaded anew) fails what was playing, and the next `enqueue` is played.
 *
 * @throws the signal's reason, or `StepAudioError` with code `output_gone` where the port closes first.
 */
export async function connectOutput(
  port: OutputPort,
  options: ConnectOutputOptions = {},
): Promise<AudioOutput> {
  const { signal } = options;
  signal?.throwIfAborted();
  const output = new PortOutput(port, options);
  const onAbort = (): void => output.abandon(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await output.ready;
    return output;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

class PortOutput implements AudioOutput {
  readonly ready: Promise<void>;
  /** Only where the far output has it. */
  setRate?: (rate: number) => void;
  readonly #port: OutputPort;
  readonly #creditSeconds: number;
  readonly #now: () => number;
  readonly #clock = new PortClock();
  readonly #events = new OutputEvents();
  readonly #connection = newConnection();
  readonly #becomeReady: () => void;
  readonly #neverReady: (reason: unknown) => void;
  readonly #unsubscribe: () => void;
  #traits: AudioOutputTraits | undefined;
  #generation = 0;
  #sequence = 0;
  #outstanding: Outstanding[] = [];
  #isPaused = false;
  #rate = 1;
  /** Why nothing can be played any more. */
  #end: { reason: unknown } | undefined;

  constructor(port: OutputPort, { creditSeconds = 2, now = steadyNow }: ConnectOutputOptions) {
    checkAtLeast(creditSeconds, 'creditSeconds', 0, 'seconds');
    this.#port = port;
    this.#creditSeconds = creditSeconds;
    this.#now = now;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#becomeReady = resolve;
    this.#neverReady = reject;
    this.#unsubscribe = port.subscribe(
      (message) => {
        const answer = fromEnvelope<PortAnswer>(message);
        if (answer !== undefined && this.#end === undefined) this.#take(answer);
      },
      () => this.#lose(outputGone('The port to the sound device closed.')),
    );
    this.#connect();
  }

  get takes(): AudioOutputTraits['takes'] {
    return this.#known.takes;
  }

  get keepsTime(): boolean {
    return this.#known.keepsTime;
  }

  get rates(): AudioOutputTraits['rates'] {
    return this.#known.rates;
  }

  get sampleRate(): number | undefined {
    return this.#known.sampleRate;
  }

  async enqueue(piece: AudioPiece): Promise<void> {
    if (this.#end !== undefined) throw this.#end.reason;
    checkPiece(piece, this);
    const sequence = this.#sequence++;
    const seconds = pieceSeconds(piece);
    const taken = new Promise<void>((resolve, reject) => {
      this.#outstanding.push({ sequence, seconds, resolve, reject });
    });
    // The caller keeps its sound: only a copy can be moved, and a view would be cloned with all that it is a view of.
    const { copy, buffer } = copyPiece(piece);
    this.#post({ kind: 'enqueue', sequence, piece: copy, sentAtMs: this.#now() }, [buffer]);
    this.#giveCredit();
    await taken;
  }

  pause(): void {
    this.#isPaused = true;
    this.#post({ kind: 'pause' });
  }

  resume(): void {
    this.#isPaused = false;
    this.#post({ kind: 'resume' });
  }

  stop({ fadeMs }: { fadeMs?: number | undefined } = {}): void {
    if (fadeMs !== undefined) checkAtLeast(fadeMs, 'fadeMs', 0, 'milliseconds');
    this.#generation++;
    this.#post({ kind: 'stop', fadeMs });
    this.#settleAll(({ resolve }) => resolve());
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  /** Drops what is enqueued and lets the far output go, which stays open for the next who connects. */
  close(): Promise<void> {
    this.abandon(outputClosed());
    return Promise.resolve();
  }

  /** Leaves the far end, for this reason. */
  abandon(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#post({ kind: 'disconnect' });
    this.#finish(reason);
    this.#settleAll(({ resolve }) => resolve());
  }

  get #known(): AudioOutputTraits {
    // `connectOutput` hands it out when they are there.
    return this.#traits as AudioOutputTraits;
  }

  #take(answer: PortAnswer): void {
    if (answer.kind === 'serving') {
      if (this.#traits !== undefined) {
        this.#fail(outputGone('The far end of the sound output was started again.'));
      }
      this.#connect();
      return;
    }
    if (answer.kind === 'gone') {
      this.#lose(outputGone('The far end gave the sound output up.'));
      return;
    }
    if (answer.connection !== this.#connection) return;
    switch (answer.kind) {
      case 'ready':
        this.#adopt(answer.traits);
        break;
      case 'clock':
        this.#clock.add(answer.sentAtMs, answer.atMs, this.#now());
        break;
      case 'accepted':
        this.#settle(answer.sequence, ({ resolve }) => resolve());
        break;
      case 'refused':
        this.#settle(answer.sequence, ({ reject }) => {
          const error = fromPortError(answer.error);
          reject(error);
          this.#fail(error);
        });
        break;
      case 'event':
        // A device that wants a gesture wants it for the next generation too.
        if (answer.generation === this.#generation || answer.event.type === 'blocked') {
          this.#relay(answer.event);
        }
        break;
    }
  }

  #adopt(traits: AudioOutputTraits): void {
    const known = this.#traits;
    if (known === undefined) {
      this.#traits = traits;
      if (traits.rates !== undefined) this.setRate = (rate) => this.#setRate(rate);
      this.#becomeReady();
    } else if (JSON.stringify(known) !== JSON.stringify(traits)) {
      this.#lose(
        outputGone('The far end came back with an output of another kind; connect again.'),
      );
    }
  }

  #relay(event: PortEvent): void {
    switch (event.type) {
      case 'position':
      case 'ended':
        this.#events.emit({ ...event, atMs: this.#clock.toNear(event.atMs, this.#now()) });
        break;
      case 'blocked':
        this.#events.emit(event);
        break;
      case 'failed':
        this.#fail(fromPortError(event.error));
        break;
    }
  }

  #setRate(rate: number): void {
    checkRate(rate, this.#known.rates ?? [1, 1]);
    this.#rate = rate;
    this.#post({ kind: 'rate', rate });
  }

  /** The far end serves the requests in order, so what follows finds it connected. */
  #connect(): void {
    this.#post({ kind: 'connect', sentAtMs: this.#now() });
    if (this.#isPaused) this.#post({ kind: 'pause' });
    if (this.#rate !== 1) this.#post({ kind: 'rate', rate: this.#rate });
  }

  #post(request: WithoutAddress<PortRequest>, transfer: ArrayBuffer[] = []): void {
    if (this.#end !== undefined) return;
    const address = { connection: this.#connection, generation: this.#generation };
    try {
      this.#port.post(inEnvelope({ ...request, ...address }), transfer);
    } catch (cause) {
      this.#lose(outputGone('The port to the sound device takes no messages.', cause));
    }
  }

  #settle(sequence: number, settle: (outstanding: Outstanding) => void): void {
    const index = this.#outstanding.findIndex((entry) => entry.sequence === sequence);
    const [entry] = index < 0 ? [] : this.#outstanding.splice(index, 1);
    if (entry === undefined) return;
    settle(entry);
    this.#giveCredit();
  }

  #giveCredit(): void {
    if (!this.#known.keepsTime) return;
    let seconds = 0;
    for (const entry of this.#outstanding) {
      seconds += entry.seconds;
      if (seconds >= this.#creditSeconds) return;
      entry.resolve();
    }
  }

  #settleAll(settle: (outstanding: Outstanding) => void): void {
    const all = this.#outstanding;
    this.#outstanding = [];
    all.forEach(settle);
  }

  /** The far output failed; what is still on its way there must not be taken for the next attempt. */
  #fail(error: unknown): void {
    this.#generation++;
    this.#post({ kind: 'stop', fadeMs: undefined });
    this.#settleAll(({ reject }) => reject(error));
    this.#events.emit({ type: 'failed', error });
  }

  /** There is no way to the far output any more. */
  #lose(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason: error };
    this.#unsubscribe();
    this.#neverReady(error);
    this.#settleAll(({ reject }) => reject(error));
    this.#events.emit({ type: 'failed', error });
  }

  #finish(reason: unknown): void {
    this.#end = { reason };
    this.#unsubscribe();
    this.#neverReady(reason);
    this.#events.clear();
  }
}

function copyPiece({ id, sound }: AudioPiece): { copy: AudioPiece; buffer: ArrayBuffer } {
  if ('samples' in sound) {
    const samples = new Int16Array(sound.samples);
    return {
      copy: { id, sound: { samples, sampleRate: sound.sampleRate } },
      buffer: samples.buffer,
    };
  }
  const bytes = new Uint8Array(sound.bytes);
  const { mediaType, durationSeconds } = sound;
  return { copy: { id, sound: { bytes, mediaType, durationSeconds } }, buffer: bytes.buffer };
}

function fromPortError({ message, code = 'output_failed' }: PortError): StepAudioError {
  return new StepAudioError(message, { code });
}

function outputGone(message: string, cause?: unknown): StepAudioError {
  return new StepAudioError(message, { code: 'output_gone', cause });
}

/** Different for each of those who connect over one port, one after the other. */
function newConnection(): string {
  return Math.random().toString(36).slice(2);
}
