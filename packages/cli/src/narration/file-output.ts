import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWav, writeWav } from '@stepvoice/core/audio';
import type { AudioOutput, AudioOutputEvent, AudioPiece, Pcm } from '@stepvoice/core/audio';
import { playThrough } from '../output/player-process.ts';
import type { SystemPlayer } from '../output/system-player.ts';

const POSITION_MS = 200;
/** A player takes a moment to begin. Rather a syllable twice after a pause than one that is lost. */
const PLAYER_MS = 200;
/** While one is heard, so many wait. */
const MOST_WAITING = 2;

type Playing = {
  id: number;
  sound: Pcm;
  fromSeconds: number;
  startedAt: number;
  stop: AbortController;
};

/**
 * A player of the system that takes whole files only: each sentence is one, and a pause ends the player, which then goes on
 * with a file of the rest.
 */
export class FileOutput implements AudioOutput {
  readonly takes = 'clips';
  readonly keepsTime = true;
  readonly rates = undefined;
  readonly sampleRate = undefined;
  readonly #player: SystemPlayer;
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<(event: AudioOutputEvent) => void>();
  #waiting: { id: number; sound: Pcm; fromSeconds: number }[] = [];
  #room: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  #playing: Playing | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isClosed = false;
  readonly #running = new Set<Promise<void>>();
  #folder: Promise<string> | undefined;
  #files = 0;

  constructor(player: SystemPlayer, signal: AbortSignal) {
    this.#player = player;
    this.#signal = signal;
  }

  enqueue({ id, sound }: AudioPiece): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('The output is closed.'));
    const pcm = 'samples' in sound ? sound : readWav(sound.bytes);
    this.#waiting.push({ id, sound: pcm, fromSeconds: 0 });
    this.#next();
    if (this.#waiting.length < MOST_WAITING) return Promise.resolve();
    return new Promise((resolve, reject) => this.#room.push({ resolve, reject }));
  }

  pause(): void {
    this.#isPaused = true;
    const playing = this.#halt();
    if (playing === undefined) return;
    const { id, sound } = playing;
    const fromSeconds = this.#heardSeconds(playing);
    this.#waiting.unshift({ id, sound, fromSeconds });
    this.#tellPosition({ ...playing, fromSeconds }, false);
  }

  resume(): void {
    this.#isPaused = false;
    this.#next();
  }

  stop(): void {
    this.#halt();
    this.#waiting = [];
    for (const { resolve } of this.#room.splice(0)) resolve();
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.stop();
    this.#listeners.clear();
    await Promise.all(this.#running);
    const folder = await this.#folder;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #next(): void {
    if (this.#playing !== undefined || this.#isPaused) return;
    const piece = this.#waiting.shift();
    if (this.#waiting.length < MOST_WAITING) {
      for (const { resolve } of this.#room.splice(0)) resolve();
    }
    if (piece === undefined) return;
    const playing = { ...piece, startedAt: performance.now(), stop: new AbortController() };
    this.#playing = playing;
    this.#tellPosition(playing, true);
    this.#timer = setInterval(() => this.#tellPosition(playing, true), POSITION_MS);
    const running = this.#play(playing).then(
      () => this.#finish(playing),
      (error: unknown) => this.#fail(playing, error),
    );
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  async #play({ sound, fromSeconds, stop }: Playing): Promise<void> {
    this.#folder ??= mkdtemp(path.join(tmpdir(), 'stepvoice-'));
    const file = path.join(await this.#folder, `${(this.#files += 1)}.wav`);
    const { samples, sampleRate } = sound;
    const rest = samples.subarray(Math.round(fromSeconds * sampleRate));
    await writeFile(file, writeWav({ samples: rest, sampleRate }), { mode: 0o600 });
    try {
      const signal = AbortSignal.any([this.#signal, stop.signal]);
      await playThrough(this.#player, { pieces: nothing(), file, sampleRate }, signal);
    } finally {
      await rm(file, { force: true });
    }
  }

  #finish(playing: Playing): void {
    if (this.#playing !== playing) return;
    this.#halt();
    this.#tell({ type: 'ended', pieceId: playing.id, atMs: now() });
    this.#next();
  }

  #fail(playing: Playing, error: unknown): void {
    if (this.#playing !== playing) return;
    this.#halt();
    this.#waiting = [];
    for (const { reject } of this.#room.splice(0)) reject(error);
    this.#tell({ type: 'failed', error });
  }

  #halt(): Playing | undefined {
    const playing = this.#playing;
    this.#playing = undefined;
    clearInterval(this.#timer);
    playing?.stop.abort();
    return playing;
  }

  #heardSeconds({ sound, fromSeconds, startedAt }: Playing): number {
    const heardMs = performance.now() - startedAt - PLAYER_MS;
    const seconds = fromSeconds + Math.max(0, heardMs) / 1000;
    return Math.min(seconds, sound.samples.length / sound.sampleRate);
  }

  #tellPosition(playing: Playing, advancing: boolean): void {
    const seconds = advancing ? this.#heardSeconds(playing) : playing.fromSeconds;
    this.#tell({ type: 'position', pieceId: playing.id, seconds, atMs: now(), advancing });
  }

  #tell(event: AudioOutputEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
