import type {
  AudioOutput,
  AudioOutputEvent,
  AudioPiece,
} from '../../../audio/output/audio-output.ts';

type Held = { piece: AudioPiece; seconds: number };

/** An output whose device does what a test tells it to, and which notes down what a player may not do. */
export class ScriptedOutput implements AudioOutput {
  readonly takes: 'samples' | 'clips';
  readonly keepsTime = true;
  readonly rates: readonly [number, number] | undefined;
  readonly sampleRate = undefined;
  rate = 1;
  isPaused = false;
  isBlocked = false;
  /** What is to be heard, the sounding piece first. */
  held: Held[] = [];
  /** Heard by now, in seconds of the piece. */
  offset = 0;
  /** To their end, in order. */
  readonly heard: AudioPiece[] = [];
  readonly listeners = new Set<(event: AudioOutputEvent) => void>();
  readonly dropped: number[] = [];
  readonly #now: () => number;
  readonly #roomSeconds = 2;
  #waiting: (() => void)[] = [];
  #isAdvancing = false;

  constructor(
    now: () => number,
    { takes = 'samples', rates }: { takes?: 'samples' | 'clips'; rates?: [number, number] } = {},
  ) {
    this.#now = now;
    this.takes = takes;
    this.rates = rates;
  }

  enqueue(piece: AudioPiece): Promise<void> {
    const { sound } = piece;
    const seconds =
      'samples' in sound ? sound.samples.length / sound.sampleRate : sound.durationSeconds;
    this.held.push({ piece, seconds });
    if (this.#waitingSeconds < this.#roomSeconds) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pause(): void {
    this.isPaused = true;
    if (this.#isAdvancing) this.#tellPosition(false);
  }

  resume(): void {
    this.isPaused = false;
    if (this.isBlocked) this.emit({ type: 'blocked' });
  }

  setRate(rate: number): void {
    this.rate = rate;
  }

  stop(): void {
    this.dropped.push(...this.held.map(({ piece }) => piece.id));
    this.held = [];
    this.offset = 0;
    this.#isAdvancing = false;
    this.#makeRoom();
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  emit(event: AudioOutputEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /** So much time has passed at the device. The clock has gone on before. */
  play(ms: number): void {
    if (this.isPaused || this.isBlocked) return;
    let left = (ms / 1000) * this.rate;
    while (left > 0) {
      const first = this.held[0];
      if (first === undefined) return;
      if (this.offset === 0) this.#tellPosition(true, (left / this.rate) * 1000);
      if (this.held[0] !== first || this.isPaused) return;
      const step = Math.min(left, first.seconds - this.offset);
      this.offset += step;
      left -= step;
      this.#makeRoom();
      if (this.offset < first.seconds - 1e-9) break;
      this.held.shift();
      this.offset = 0;
      this.heard.push(first.piece);
      this.#isAdvancing = this.held.length > 0;
      const atMs = this.#now() - (left / this.rate) * 1000;
      this.emit({ type: 'ended', pieceId: first.piece.id, atMs });
      if (this.isPaused) return;
    }
    if (this.held.length > 0) this.#tellPosition(true);
  }

  get #waitingSeconds(): number {
    return this.held.reduce((sum, { seconds }) => sum + seconds, -this.offset);
  }

  #tellPosition(advancing: boolean, agoMs = 0): void {
    const first = this.held[0];
    if (first === undefined) return;
    this.#isAdvancing = advancing;
    this.emit({
      type: 'position',
      pieceId: first.piece.id,
      seconds: this.offset,
      atMs: this.#now() - agoMs,
      advancing,
    });
  }

  #makeRoom(): void {
    if (this.#waitingSeconds >= this.#roomSeconds) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
