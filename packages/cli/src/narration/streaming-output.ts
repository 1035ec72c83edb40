import { setTimeout as sleep } from 'node:timers/promises';
import { PullOutput, encodePcm16 } from '@stepvoice/core/audio';
import type { AudioPiece } from '@stepvoice/core/audio';
import { PlayerError, playThrough } from '../output/player-process.ts';
import type { SystemPlayer } from '../output/system-player.ts';

const FRAME_MS = 20;
/** How far ahead of the ear the player is fed: what a busy machine may sleep through. */
const LEAD_MS = 160;
/** What a player holds itself before it sounds. A guess: no sound device was there to measure one. */
const PLAYER_MS = 60;
/** A machine that slept does not catch up on what it slept through. */
const ASLEEP_MS = 1000;
/** A player without a device ends within this time. */
const ALIVE_MS = 400;
/** How long a player may take to play what it holds. */
const LAST_SOUND_MS = 2000;
/** One that has taken nothing for so long takes nothing any more. */
const STUCK_MS = 6000;
const STUCK_TICKS = 6;

/** A player of the system that is fed as fast as it is heard, so that it can be paused and stopped at once. */
export class StreamingOutput extends PullOutput {
  readonly #ended = new AbortController();
  readonly #killed = new AbortController();
  readonly #over: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  /** Ticks, not a clock: a machine that slept does not blame the player. */
  #ticksStuck = 0;
  #failure: unknown;

  private constructor(
    player: SystemPlayer,
    sampleRate: number,
    signal: AbortSignal,
    stuckMs: number,
  ) {
    super({
      sampleRate,
      latencyMs: LEAD_MS + PLAYER_MS,
      now: () => performance.timeOrigin + performance.now(),
    });
    const pieces = this.#frames(sampleRate);
    const either = AbortSignal.any([signal, this.#killed.signal]);
    this.#over = playThrough(player, { pieces, file: '', sampleRate }, either);
    this.#watch = setInterval(() => this.#watchPlayer(player), stuckMs / STUCK_TICKS);
    this.#over.then(
      () => {
        const error = new PlayerError(player.name, `${player.name} has ended.`, true);
        if (!this.#ended.signal.aborted) this.fail(error);
      },
      (error: unknown) => this.fail(error),
    );
  }

  /**
   * Starts a player and sees that it stays.
   *
   * @throws {PlayerError} where it does not, and the signal's reason.
   */
  static async open(
    player: SystemPlayer,
    sampleRate: number,
    signal: AbortSignal,
    stuckMs: number = STUCK_MS,
  ): Promise<StreamingOutput> {
    const output = new StreamingOutput(player, sampleRate, signal, stuckMs);
    await Promise.race([output.#over, sleep(ALIVE_MS)]);
    return output;
  }

  override fail(error: unknown): void {
    clearInterval(this.#watch);
    this.#failure = error;
    super.fail(error);
  }

  /** @throws what ended the player. */
  override enqueue(piece: AudioPiece): Promise<void> {
    return this.#failure === undefined ? super.enqueue(piece) : Promise.reject(this.#failure);
  }

  override async close(): Promise<void> {
    await super.close();
    this.#ended.abort();
    clearInterval(this.#watch);
    const timer = setTimeout(() => this.#killed.abort(), LAST_SOUND_MS);
    await this.#over.catch(() => {});
    clearTimeout(timer);
  }

  #watchPlayer({ name }: SystemPlayer): void {
    this.#ticksStuck += 1;
    if (this.#ticksStuck < STUCK_TICKS) return;
    clearInterval(this.#watch);
    this.#killed.abort(new PlayerError(name, `${name} takes no sound.`, true));
  }

  async *#frames(sampleRate: number): AsyncGenerator<Uint8Array> {
    const { signal } = this.#ended;
    let startedAt = performance.now();
    for (let sentMs = 0; !signal.aborted;) {
      const dueMs = performance.now() - startedAt + LEAD_MS - sentMs;
      if (dueMs > ASLEEP_MS) startedAt += dueMs;
      else if (dueMs < FRAME_MS) {
        await sleep(FRAME_MS - dueMs, undefined, { signal }).catch(() => {});
      } else {
        const frame = new Int16Array((sampleRate * FRAME_MS) / 1000);
        this.pull(frame);
        this.#ticksStuck = 0;
        sentMs += FRAME_MS;
        yield encodePcm16(frame);
      }
    }
  }
}
