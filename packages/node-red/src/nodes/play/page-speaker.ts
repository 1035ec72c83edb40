import { LocalizedError } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import {
  SOUND_HEADER_BYTES,
  type NodeMessage,
  type PageMessage,
  type SoundEncoding,
} from './page-messages.ts';

/** Sounds that a page has not told the end of. The oldest are forgotten. */
const MAX_SOUNDS = 1000;
/** Longer ones hold up the pings behind them. */
const CHUNK_BYTES = 256 * 1024;

type PageSound = {
  readonly number: number;
  /** The message it came with, without the sound. */
  readonly message: FlowMessage;
  readonly streamId: string | undefined;
  bytes: number;
  /** Whether all of it was sent, or none of it is wanted any more. */
  isOver: boolean;
};

type Link = {
  readonly bufferedBytes: number;
  send(message: NodeMessage): void;
  sendBytes(bytes: Uint8Array): void;
};

type Report = Extract<PageMessage, { sound: number }>;

export type PageSpeakerOptions = {
  maxBytes: number;
  interrupts: boolean;
  event(name: string, payload: Record<string, unknown>, message: FlowMessage): void;
};

/** What one page is to play: which sounds go to it, and what it says of them. */
export class PageSpeaker {
  readonly #link: Link;
  readonly #options: PageSpeakerOptions;
  readonly #sounds = new Map<number, PageSound>();
  readonly #streams = new Map<string, PageSound>();
  #next = 1;

  constructor(link: Link, options: PageSpeakerOptions) {
    this.#link = link;
    this.#options = options;
  }

  /**
   * Sends the sound of a message.
   *
   * @param encodingOf what the sound is, asked of the first message of a sound
   * @throws {LocalizedError} for a sound that is too large, and a page that takes too little
   */
  play(message: FlowMessage, bytes: Uint8Array, encodingOf: () => SoundEncoding): void {
    const place = streamPlace(message);
    let sound = place === undefined ? undefined : this.#streams.get(place.id);
    if (sound === undefined) {
      // A page that came in the middle cannot make sense of the rest.
      if (place !== undefined && (message.parts?.index ?? 0) > 0) return;
      if (bytes.length === 0) return;
      this.#check(bytes.length);
      sound = this.#open(message, place?.id, encodingOf());
    }
    if (!sound.isOver) {
      try {
        this.#check(sound.bytes + bytes.length);
        this.#send(sound, bytes);
      } catch (error) {
        this.#end(sound);
        throw error;
      } finally {
        if (place?.isLast !== false) this.#end(sound);
      }
    }
    if (place?.isLast === true) this.#streams.delete(place.id);
  }

  /** Silence; what still comes of the sounds so far is not sent. */
  cancel(): void {
    this.#link.send({ type: 'cancel' });
    this.#forgetStreams();
  }

  clear(): void {
    this.#link.send({ type: 'clear' });
  }

  /** @returns whether such a sound was sent */
  report(report: Report): boolean {
    const sound = this.#sounds.get(report.sound);
    if (sound === undefined) return false;
    const stream = sound.streamId === undefined ? {} : { stream: sound.streamId };
    if (report.type === 'playing') {
      this.#options.event('playing', stream, sound.message);
      return true;
    }
    this.#sounds.delete(report.sound);
    // It was ended there, or ends there by itself for want of more: what still comes would begin in the middle.
    sound.isOver = true;
    if (report.type === 'unplayable') {
      this.#options.event(
        'played',
        { heardMs: 0, whole: false, failed: true, ...stream },
        sound.message,
      );
    } else {
      const { heardMs, whole } = report;
      this.#options.event('played', { heardMs, whole, ...stream }, sound.message);
    }
    return true;
  }

  #open(message: FlowMessage, streamId: string | undefined, encoding: SoundEncoding): PageSound {
    if (this.#options.interrupts && this.#sounds.size > 0) this.cancel();
    const {
      payload: _payload,
      audio: _audio,
      parts: _parts,
      complete: _complete,
      ...rest
    } = message;
    const sound = { number: this.#next, message: rest, streamId, bytes: 0, isOver: false };
    this.#next += 1;
    this.#sounds.set(sound.number, sound);
    if (streamId !== undefined) this.#streams.set(streamId, sound);
    dropOldest(this.#sounds);
    dropOldest(this.#streams);
    this.#link.send({ type: 'sound', sound: sound.number, encoding });
    return sound;
  }

  #send(sound: PageSound, bytes: Uint8Array): void {
    sound.bytes += bytes.length;
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      const framed = new Uint8Array(SOUND_HEADER_BYTES + chunk.length);
      new DataView(framed.buffer).setUint32(0, sound.number, true);
      framed.set(chunk, SOUND_HEADER_BYTES);
      this.#link.sendBytes(framed);
    }
  }

  #end(sound: PageSound): void {
    if (sound.isOver) return;
    sound.isOver = true;
    this.#link.send({ type: 'sound-end', sound: sound.number });
  }

  #check(bytes: number): void {
    const { maxBytes } = this.#options;
    if (bytes > maxBytes) throw soundTooLarge(bytes, maxBytes);
    if (this.#link.bufferedBytes > maxBytes) throw pageTooSlow();
  }

  #forgetStreams(): void {
    for (const sound of this.#streams.values()) sound.isOver = true;
  }
}

function dropOldest(map: Map<unknown, unknown>): void {
  if (map.size <= MAX_SOUNDS) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

function soundTooLarge(bytes: number, most: number): LocalizedError {
  const [size, limit] = [bytes, most].map((count) => (count / 2 ** 20).toFixed(1));
  return new LocalizedError(
    'sound_too_large',
    {
      en: `The sound has ${size} MB, and the page takes ${limit} MB. Send it in parts, or raise the limit in the node.`,
      zh: `声音大小为 ${size} MB，网页上限为 ${limit} MB。请分段发送，或在节点中提高上限。`,
    },
    { badge: 'badInput' },
  );
}

function pageTooSlow(): LocalizedError {
  return new LocalizedError(
    'page_too_slow',
    {
      en: 'The page takes the sound more slowly than it comes, and too much of it waits. This sound is left out.',
      zh: '网页接收声音的速度过慢，等待的数据过多。此声音被忽略。',
    },
    { badge: 'queueFull' },
  );
}
