/** Where audio is read from: one promise a piece. */
export interface AudioSource {
  nextAudio(): Promise<IteratorResult<Uint8Array, undefined>>;
  return(): Promise<unknown>;
}

/** The audio of a stream; ending it ends the stream. */
export class AudioIterator implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #source: AudioSource;

  constructor(source: AudioSource) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.#source.nextAudio();
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#source.return();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** Audio as a platform stream that takes one piece at a time; cancelling it ends the iterator. */
export function toReadableStream(audio: AudioIterator): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const result = await audio.next();
        if (result.done === true) controller.close();
        else controller.enqueue(result.value);
      },
      async cancel() {
        await audio.return();
      },
    },
    // Nothing is asked for before somebody reads.
    { highWaterMark: 0 },
  );
}

/** The audio of an event that has some which can be joined. */
export function audioOf(event: { type: string; audio?: Uint8Array }): Uint8Array | undefined {
  return event.type === 'audio' ? event.audio : undefined;
}
