import { setTimeout as sleep } from 'node:timers/promises';
import type { AudioSink, SinkReport } from './audio-sink.ts';
import type { AudioSpool } from './audio-spool.ts';
import { PlayerError, playThrough } from './player-process.ts';
import type { SystemPlayer } from './system-player.ts';

/** More text is not spoken, nor paid for, while this much of it is still to be heard. */
const AHEAD_SECONDS = 30;

export type PlaybackOptions = {
  spool: AudioSpool;
  /** Tried in this order until one plays. */
  players: readonly SystemPlayer[];
  sampleRate: number;
  /** Whether the sound stays in the spool's file where no player has played it. */
  keepUnplayed: boolean;
  signal: AbortSignal;
  /** A player gave up before it had played; the next one begins at the beginning. */
  onPlayerFailed: (error: PlayerError) => void;
};

/** The system's player, fed while the sound arrives. Where none plays, the sound stays in a file. */
export class Playback implements AudioSink {
  readonly #options: PlaybackOptions;
  readonly #stop = new AbortController();
  #playing: Promise<SystemPlayer | undefined> | undefined;
  #heardSince: number | undefined;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  get isLive(): boolean {
    return this.#options.players[0]?.streams === true;
  }

  /** How much of the sound has been heard by now, in seconds; `undefined` while nothing plays. */
  get heardSeconds(): number | undefined {
    if (this.#heardSince === undefined) return undefined;
    return (performance.now() - this.#heardSince) / 1000;
  }

  async write(audio: Uint8Array): Promise<void> {
    await this.#options.spool.append(audio);
    if (this.#playing === undefined) {
      this.#playing = this.#play();
      // Its failure is told where it is awaited, which may be long after it happened.
      this.#playing.catch(() => {});
    }
  }

  async room(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const heard = this.heardSeconds;
      if (heard === undefined) return;
      const ahead = this.#options.spool.seconds - heard;
      if (ahead <= AHEAD_SECONDS) return;
      // An interruption is told by its own reason, at the head of the loop.
      await sleep((ahead - AHEAD_SECONDS) * 1000, undefined, { signal }).catch(() => {});
    }
  }

  async finish(): Promise<SinkReport> {
    const { spool, keepUnplayed } = this.#options;
    let player: SystemPlayer | undefined;
    try {
      await spool.end();
      player = await this.#playing;
    } catch (error) {
      await spool.close({ keep: false });
      throw error;
    }
    const keep = player === undefined && keepUnplayed;
    await spool.close({ keep });
    return { player: player?.name, file: keep ? spool.file : undefined };
  }

  /** What has arrived is played to its end, unless the user asked to stop. */
  async abandon(): Promise<SinkReport> {
    const { spool, signal, keepUnplayed } = this.#options;
    let player: SystemPlayer | undefined;
    try {
      if (signal.aborted) this.#stop.abort(signal.reason);
      await spool.end();
      player = await this.#playing;
    } catch {
      // The failure that led here is the one to tell.
    }
    const keep = keepUnplayed && player === undefined && spool.seconds > 0 && !signal.aborted;
    await spool.close({ keep }).catch(() => {});
    return keep ? { file: spool.file } : {};
  }

  async #play(): Promise<SystemPlayer | undefined> {
    const { spool, players, sampleRate } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#stop.signal]);
    for (const player of players) {
      if (!player.streams) await spool.ended(signal);
      this.#heardSince = player.streams ? performance.now() : undefined;
      try {
        const pieces = spool.follow(signal);
        await playThrough(player, { pieces, file: spool.file, sampleRate }, signal);
        return player;
      } catch (error) {
        this.#heardSince = undefined;
        if (!(error instanceof PlayerError)) throw error;
        this.#options.onPlayerFailed(error);
        if (error.hadBegun) return undefined;
      }
    }
    return undefined;
  }
}
