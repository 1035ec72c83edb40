import { encodePcm16 } from '@stepvoice/core/audio';
import { PlayerError, playThrough } from '../output/player-process.ts';
import type { SystemPlayer } from '../output/system-player.ts';
import type { ReplyOutput } from './reply-output.ts';
import { TALK_RATE } from './talk-session.ts';

/** A room goes on sounding for a moment, and a sound card holds some sound back. */
const TAIL_MS = 250;
/** What a player takes to begin. */
const START_MS = 120;

export type ReplyPlayerOptions = {
  /** Those that stream, the best first. */
  players: readonly SystemPlayer[];
  /** A player gave up; the next one takes over. */
  onPlayerFailed: (error: PlayerError) => void;
};

/** One reply, as the player takes it. */
class Reply {
  readonly stop = new AbortController();
  readonly #pieces: Uint8Array[] = [];
  #samples = 0;
  #startedAt: number | undefined;
  #isComplete = false;
  #endedAt: number | undefined;
  #wake = Promise.withResolvers<void>();

  write(samples: Int16Array): void {
    this.#startedAt ??= performance.now() + START_MS;
    this.#samples += samples.length;
    this.#pieces.push(encodePcm16(samples));
    this.#notify();
  }

  complete(): void {
    this.#isComplete = true;
    this.#notify();
  }

  /** The player is gone. */
  ended(): void {
    this.#endedAt ??= performance.now();
  }

  get heardMs(): number {
    if (this.#startedAt === undefined) return 0;
    const passed = (this.#endedAt ?? performance.now()) - this.#startedAt;
    return Math.round(Math.min(Math.max(0, passed), (this.#samples / TALK_RATE) * 1000));
  }

  get isSounding(): boolean {
    if (this.#startedAt === undefined) return false;
    return this.#endedAt === undefined || performance.now() - this.#endedAt < TAIL_MS;
  }

  /** From its beginning: a second player starts over. */
  async *follow(): AsyncGenerator<Uint8Array, void, void> {
    for (let index = 0; ;) {
      const piece = this.#pieces[index];
      if (piece !== undefined) {
        index += 1;
        yield piece;
      } else if (this.#isComplete || this.stop.signal.aborted) {
        return;
      } else {
        await this.#wake.promise;
      }
    }
  }

  abort(): void {
    this.stop.abort();
    this.ended();
    this.#notify();
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** The loudspeaker: a player of the system for each reply, which is ended where the reply is to be silent at once. */
export class ReplyPlayer implements ReplyOutput {
  readonly #onPlayerFailed: (error: PlayerError) => void;
  #players: readonly SystemPlayer[];
  #reply: Reply | undefined;
  #playing: Promise<void> = Promise.resolve();

  constructor({ players, onPlayerFailed }: ReplyPlayerOptions) {
    this.#players = players;
    this.#onPlayerFailed = onPlayerFailed;
  }

  begin(): void {
    this.flush();
    const reply = new Reply();
    this.#reply = reply;
    // Started before the first sound is there: then it need not be waited for.
    this.#playing = this.#play(reply).finally(() => reply.ended());
  }

  write(samples: Int16Array): void {
    if (this.#reply === undefined) this.begin();
    this.#reply?.write(samples);
  }

  end(): void {
    this.#reply?.complete();
  }

  flush(): number | undefined {
    const reply = this.#reply;
    if (reply === undefined || reply.stop.signal.aborted) return undefined;
    const wasSounding = reply.isSounding;
    reply.abort();
    return wasSounding ? reply.heardMs : undefined;
  }

  get isSounding(): boolean {
    return this.#players.length > 0 && this.#reply?.isSounding === true;
  }

  get heardSeconds(): number {
    return (this.#reply?.heardMs ?? 0) / 1000;
  }

  drained(): Promise<void> {
    return this.#playing;
  }

  async close(): Promise<undefined> {
    this.flush();
    await this.#playing;
  }

  async #play(reply: Reply): Promise<void> {
    while (!reply.stop.signal.aborted) {
      const [player] = this.#players;
      if (player === undefined) return;
      try {
        const sound = { pieces: reply.follow(), file: '', sampleRate: TALK_RATE };
        await playThrough(player, sound, reply.stop.signal);
        return;
      } catch (error) {
        if (reply.stop.signal.aborted) return;
        if (!(error instanceof PlayerError)) throw error;
        this.#players = this.#players.slice(1);
        this.#onPlayerFailed(error);
        if (error.hadBegun) return;
      }
    }
  }
}
