import { encodeBase64 } from '../audio/base64.ts';
import { rmsDbfs } from '../audio/level.ts';
import { concatSamples, encodePcm16 } from '../audio/pcm.ts';
import { ConnectionError } from '../errors.ts';
import type { Clock } from '../net/clock.ts';
import { TRANSCRIPTION_SOCKET_RATE } from '../protocol/transcription-rules.ts';
import type { WireTranscriptionClientEvent } from '../protocol/transcription-socket.ts';
import { toValidationError } from '../protocol/validation-error.ts';
import { AudioOutbox } from './audio-outbox.ts';
import type { OutboxItem } from './audio-outbox.ts';
import { InputTimeline } from './input-timeline.ts';
import { SoundIntake } from './sound-intake.ts';
import type { TranscriptionConnectOptions } from './transcription-options.ts';
import { DEFAULT_SILENCE_MS } from './wire-mapping.ts';

export type SocketInputOptions = {
  clock: Clock;
  options: TranscriptionConnectOptions;
  send: (text: string) => void;
  bufferedBytes: () => number;
  patienceMs: number;
  onStall: () => void;
  /** Everything has been given to the socket. */
  onSent: () => void;
};

const SAMPLES_PER_MS = TRANSCRIPTION_SOCKET_RATE / 1000;
/** The service's own example and its clients send 40 to 100 ms at a time: less costs more, and more comes later. */
const SHORTEST_FRAME = 40 * SAMPLES_PER_MS;
const LONGEST_FRAME = 100 * SAMPLES_PER_MS;
const LONGEST_OGG_FRAME_BYTES = 32 * 1024;
/** What a writer who does not wait may leave here. */
const MAX_HELD_MS = 600_000;
const DEFAULT_KEEP_ALIVE_MS = 20_000;
/** Nobody speaks below: a quiet room is at -60 to -50 through a microphone. */
const SILENCE_DBFS = -60;
/** Beyond the pause that ends a segment, so that rounding does not leave it open. */
const CLOSING_MARGIN_MS = 200;

/** What goes into a transcription socket: sound in frames, keeping the session alive, and the marks between segments. */
export class SocketInput {
  readonly timeline = new InputTimeline();
  readonly #parts: SocketInputOptions;
  readonly #isOgg: boolean;
  readonly #intake: SoundIntake;
  readonly #outbox: AudioOutbox;
  readonly #commits = new Map<string, number>();
  #carry: Int16Array = new Int16Array(0);
  #eventCount = 0;
  #committedTo = 0;
  #isOpen = false;
  #hasEnded = false;
  #hasUncommitted = false;
  #hasSound = false;
  #lastSoundMs = 0;
  #lastSentAt = 0;
  #cancelKeepAlive: (() => void) | undefined;

  constructor(parts: SocketInputOptions) {
    this.#parts = parts;
    this.#isOgg = parts.options.format === 'ogg';
    this.#intake = new SoundIntake(
      TRANSCRIPTION_SOCKET_RATE,
      parts.options.sampleRate ?? TRANSCRIPTION_SOCKET_RATE,
    );
    const { clock, bufferedBytes, onStall, patienceMs, onSent } = parts;
    this.#outbox = new AudioOutbox({
      clock,
      bufferedBytes,
      onStall,
      patienceMs,
      onSent,
      send: (item) => this.#send(item),
    });
  }

  /** Whether anything was ever written. */
  get hasSound(): boolean {
    return this.#hasSound;
  }

  get hasUncommitted(): boolean {
    return this.#hasUncommitted;
  }

  get hasRoom(): boolean {
    return this.#outbox.hasRoom;
  }

  /** Whether everything has been given to the socket. */
  get isSent(): boolean {
    return this.#outbox.isEmpty;
  }

  /** Where in the input the last sound ended that could be speech, in milliseconds; of `ogg` nothing is known. */
  get lastSoundMs(): number {
    return this.#lastSoundMs;
  }

  drained(): Promise<void> {
    return this.#outbox.drained();
  }

  write(sound: Int16Array | Uint8Array, sampleRate: number | undefined): void {
    if (this.#outbox.heldMs > MAX_HELD_MS) {
      throw new ConnectionError(
        `The network does not keep up: ${MAX_HELD_MS / 60_000} minutes of sound wait to be sent. Wait for drained() when write() answers false.`,
        { code: 'send_buffer_full', retryable: false },
      );
    }
    if (this.#isOgg) this.#writeOgg(sound);
    else for (const samples of this.#intake.push(sound, sampleRate)) this.#append(samples);
  }

  /** Sends what is too short for a frame, too. */
  flush(): void {
    if (this.#isOgg) return;
    for (const samples of this.#intake.flush()) this.#append(samples);
    if (this.#carry.length > 0) this.#pushFrame(this.#carry);
    this.#carry = new Int16Array(0);
  }

  /** Ends the segment. Answers where it lies in the sound that was written, in milliseconds. */
  endSegment(): { startMs: number; endMs: number } {
    const startMs = this.#committedTo;
    const endMs = this.timeline.sent / SAMPLES_PER_MS;
    this.#committedTo = endMs;
    this.#hasUncommitted = false;
    return { startMs, endMs };
  }

  /** Asks the service to end the segment, when the sound before it has left. */
  sendCommit(number: number): void {
    this.#outbox.push({ type: 'commit', number });
  }

  /**
   * No more sound comes. Under `turnDetection`, ends the segment that the service still hears; of `ogg` the sound itself
   * must end in silence.
   */
  end(): void {
    this.#hasEnded = true;
    this.#stopKeepAlive();
    const { turnDetection } = this.#parts.options;
    if (!turnDetection || this.#isOgg || !this.#hasSound) return;
    const { silenceDurationMs = DEFAULT_SILENCE_MS } = turnDetection;
    let samples = Math.ceil((silenceDurationMs + CLOSING_MARGIN_MS) * SAMPLES_PER_MS);
    for (; samples > 0; samples -= LONGEST_FRAME) {
      this.#pushSilence(Math.min(samples, LONGEST_FRAME));
    }
  }

  /** Which commit an event was. */
  commitOf(eventId: string): number | undefined {
    return this.#commits.get(eventId);
  }

  open(): void {
    this.#isOpen = true;
    this.#lastSentAt = this.#parts.clock.now();
    this.#outbox.open();
    this.#keepAlive();
  }

  hold(): void {
    this.#outbox.hold();
  }

  release(): void {
    this.#outbox.release();
  }

  /** Answers the event's id. */
  sendEvent(event: WireTranscriptionClientEvent): string {
    const eventId = this.#nextId();
    this.#parts.send(JSON.stringify({ event_id: eventId, ...event }));
    return eventId;
  }

  close(): void {
    this.#isOpen = false;
    this.#stopKeepAlive();
    this.#outbox.close();
  }

  #nextId(): string {
    this.#eventCount += 1;
    return `evt_${this.#eventCount}`;
  }

  #writeOgg(sound: Int16Array | Uint8Array): void {
    if (!(sound instanceof Uint8Array)) {
      throw toValidationError({
        path: 'sound',
        value: undefined,
        allowed: 'bytes of Ogg Opus in format ogg',
        instead: 'format pcm',
      });
    }
    for (let at = 0; at < sound.length; at += LONGEST_OGG_FRAME_BYTES) {
      const bytes = new Uint8Array(sound.subarray(at, at + LONGEST_OGG_FRAME_BYTES));
      this.#hasSound = this.#hasUncommitted = true;
      this.#lastSoundMs = Number.POSITIVE_INFINITY;
      // Opus of 16 to 64 kbit/s: the slower, so that no more is held than is said.
      this.#outbox.push({ type: 'sound', bytes, durationMs: bytes.length / 2 });
    }
  }

  #append(samples: Int16Array): void {
    const whole = concatSamples(this.#carry.length === 0 ? [samples] : [this.#carry, samples]);
    let at = 0;
    while (whole.length - at >= SHORTEST_FRAME) {
      const frame = whole.subarray(at, at + LONGEST_FRAME);
      this.#pushFrame(frame);
      at += frame.length;
    }
    // Whoever wrote it may use its memory again.
    this.#carry = new Int16Array(whole.subarray(at));
    if (samples.length > 0) this.#hasSound = this.#hasUncommitted = true;
  }

  #pushFrame(samples: Int16Array): void {
    this.timeline.addInput(samples.length);
    if (rmsDbfs(samples) > SILENCE_DBFS) {
      this.#lastSoundMs = this.timeline.input / SAMPLES_PER_MS;
    }
    // What cannot leave at once outlives the caller's use of its memory.
    const bytes = encodePcm16(new Int16Array(samples));
    this.#outbox.push({ type: 'sound', bytes, durationMs: samples.length / SAMPLES_PER_MS });
  }

  #pushSilence(samples: number): void {
    this.timeline.addSilence(samples);
    const bytes = new Uint8Array(2 * samples);
    this.#outbox.push({ type: 'sound', bytes, durationMs: samples / SAMPLES_PER_MS });
  }

  #send(item: OutboxItem): void {
    this.#lastSentAt = this.#parts.clock.now();
    if (item.type === 'sound') {
      // In base64 there is nothing to escape: it need not be looked at.
      const audio = encodeBase64(item.bytes);
      this.#parts.send(
        `{"event_id":"${this.#nextId()}","type":"input_audio_buffer.append","audio":"${audio}"}`,
      );
    } else {
      this.#commits.set(this.sendEvent({ type: 'input_audio_buffer.commit' }), item.number);
    }
  }

  #keepAlive(): void {
    const { keepAliveMs = DEFAULT_KEEP_ALIVE_MS } = this.#parts.options;
    if (keepAliveMs === false || this.#isOgg || !this.#isOpen || this.#hasEnded) return;
    const { clock } = this.#parts;
    const dueInMs = this.#lastSentAt + keepAliveMs - clock.now();
    this.#cancelKeepAlive = clock.after(Math.max(dueInMs, 1), () => {
      if (this.#lastSentAt + keepAliveMs - clock.now() < 1 && this.#outbox.isEmpty) {
        this.#pushSilence(LONGEST_FRAME);
      }
      this.#keepAlive();
    });
  }

  #stopKeepAlive(): void {
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = undefined;
  }
}
