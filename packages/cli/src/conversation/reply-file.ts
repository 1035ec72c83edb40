import { encodePcm16 } from '@stepvoice/core/audio';
import type { AudioSink } from '../output/audio-sink.ts';
import type { ReplyOutput } from './reply-output.ts';
import { TALK_RATE } from './talk-session.ts';

/**
 * A file or stdout in place of a loudspeaker: all replies, one after the other. With a clock a reply takes the time it
 * takes to be heard, and one that is stopped is kept as far as it was heard.
 */
export class ReplyFile implements ReplyOutput {
  readonly #sink: AudioSink;
  readonly #signal: AbortSignal;
  readonly #now: (() => number) | undefined;
  #reply: { pieces: Int16Array[]; samples: number; startedAt: number; isOpen: boolean } | undefined;
  /** Pieces are written in their order; a failure is told when the file is closed. */
  #writing: Promise<void> = Promise.resolve();

  /** @param now milliseconds; without it a reply is heard as soon as it has come. */
  constructor(sink: AudioSink, signal: AbortSignal, now?: () => number) {
    this.#sink = sink;
    this.#signal = signal;
    this.#now = now;
  }

  begin(): void {
    this.flush();
    this.#reply = { pieces: [], samples: 0, startedAt: this.#now?.() ?? 0, isOpen: true };
  }

  write(samples: Int16Array): void {
    if (this.#reply === undefined) this.begin();
    const reply = this.#reply!;
    if (!reply.isOpen) return;
    if (reply.samples === 0) reply.startedAt = this.#now?.() ?? 0;
    reply.pieces.push(samples);
    reply.samples += samples.length;
    if (this.#now === undefined) this.#keep(samples);
  }

  end(): void {}

  flush(): number | undefined {
    const reply = this.#reply;
    if (reply === undefined || !reply.isOpen) return undefined;
    const wasSounding = this.isSounding;
    const heard = Math.round(this.heardSeconds * TALK_RATE);
    reply.isOpen = false;
    if (this.#now !== undefined) this.#keepAll(reply.pieces, heard);
    return wasSounding ? Math.round((heard / TALK_RATE) * 1000) : undefined;
  }

  get isSounding(): boolean {
    const reply = this.#reply;
    if (reply === undefined || !reply.isOpen || reply.samples === 0) return false;
    return this.heardSeconds < reply.samples / TALK_RATE;
  }

  get heardSeconds(): number {
    const { samples = 0, startedAt = 0 } = this.#reply ?? {};
    const seconds = samples / TALK_RATE;
    if (this.#now === undefined) return seconds;
    return Math.min(seconds, (this.#now() - startedAt) / 1000);
  }

  /** Replies are not waited for: nobody listens. */
  async drained(): Promise<void> {}

  async close({ complete }: { complete: boolean }): Promise<string | undefined> {
    const reply = this.#reply;
    if (this.#now !== undefined && reply?.isOpen === true) {
      this.#keepAll(reply.pieces, reply.samples);
    }
    this.#reply = undefined;
    try {
      await this.#writing;
      if (complete) return (await this.#sink.finish(this.#signal)).file;
    } catch (error) {
      await this.#sink.abandon();
      throw error;
    }
    return (await this.#sink.abandon()).file;
  }

  #keepAll(pieces: readonly Int16Array[], samples: number): void {
    let left = samples;
    for (const piece of pieces) {
      const kept = piece.subarray(0, left);
      left -= kept.length;
      this.#keep(kept);
    }
  }

  #keep(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#writing = this.#writing.then(() => this.#sink.write(encodePcm16(samples)));
    this.#writing.catch(() => {});
  }
}
