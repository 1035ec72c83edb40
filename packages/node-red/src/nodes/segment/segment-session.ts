import { Buffer } from 'node:buffer';
import type { Pcm, UtteranceCutter, UtteranceEvent } from '@stepvoice/core/audio';
import type { SettingsOf } from '../../definition/node-definition.ts';
import type { AudioLibrary } from '../../kit/incoming-sound.ts';
import { withFields } from '../../kit/message-fields.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { SampleIntake } from '../../kit/sample-intake.ts';
import { StreamParts } from '../../kit/stream-place.ts';
import type { TimeSlice } from '../../kit/time-slice.ts';
import type { segmentDefinition } from './definition.ts';

export type SegmentProperties = (typeof segmentDefinition)['properties'];
export type SegmentSettings = SettingsOf<SegmentProperties>;

/** Longer sound is worked on in slices. */
const SLICE_SAMPLES = 16_000;

export type SegmentSessionOptions = {
  audio: AudioLibrary;
  settings: SegmentSettings;
  generateId: () => string;
  /** @param output 0 for speech, 1 for events */
  send: (output: number, message: FlowMessage) => void;
  onSpeaking: (isSpeaking: boolean) => void;
};

type Utterance = {
  index: number;
  startMs: number;
  /** The message during which it began: what is sent carries its other properties. */
  message: FlowMessage;
  sound: Int16Array[];
  /** Of a stream. */
  parts: StreamParts | undefined;
};

/** One stream of sound, and what is said in it. Messages have to come one at a time. */
export class SegmentSession {
  readonly #options: SegmentSessionOptions;
  readonly #intake: SampleIntake;
  #cutter: UtteranceCutter | undefined;
  #sampleRate = 0;
  /** Of what was heard at other rates before. */
  #offsetMs = 0;
  #heardSamples = 0;
  #count = 0;
  #utterance: Utterance | undefined;

  constructor(options: SegmentSessionOptions) {
    this.#options = options;
    this.#intake = new SampleIntake(options.audio, options.settings, 'sound');
  }

  /** Whether the sound so far is a WAV file to its end. */
  get isFileOver(): boolean {
    return this.#intake.isFileOver;
  }

  /** @throws {LocalizedError} for what is no sound */
  push(bytes: Uint8Array, message: FlowMessage): void {
    for (const pcm of this.#intake.push(bytes, message.audio)) this.#hear(pcm, message);
  }

  /** As {@link push}, for much at once. */
  async pushSliced(bytes: Uint8Array, message: FlowMessage, slice: TimeSlice): Promise<void> {
    for await (const pcm of this.#intake.pushSliced(bytes, message.audio, slice)) {
      for (let at = 0; at < pcm.samples.length; at += SLICE_SAMPLES) {
        const samples = pcm.samples.subarray(at, at + SLICE_SAMPLES);
        this.#hear({ samples, sampleRate: pcm.sampleRate }, message);
        if (slice.isOver) await slice.rest();
      }
    }
  }

  /** Ends what is being said, and the stream. */
  flush(message: FlowMessage): void {
    for (const pcm of this.#intake.flush()) this.#hear(pcm, message);
    this.#endStream(message);
  }

  /** Forgets what is being said. A stream of it that has begun is ended: whoever gathers it must not wait. */
  discard(): void {
    const utterance = this.#utterance;
    this.#utterance = undefined;
    this.#cutter = undefined;
    if (utterance === undefined) return;
    this.#options.onSpeaking(false);
    if (utterance.parts !== undefined) {
      this.#sendPart(utterance, Buffer.alloc(0), { stepvoice: { stream: 'audio', isCut: true } });
    }
  }

  #hear({ samples, sampleRate }: Pcm, message: FlowMessage): void {
    if (sampleRate !== this.#sampleRate) this.#endStream(message);
    this.#sampleRate = sampleRate;
    this.#cutter ??= this.#createCutter(sampleRate);
    this.#heardSamples += samples.length;
    for (const event of this.#cutter.push(samples)) this.#take(event, message);
  }

  #createCutter(sampleRate: number): UtteranceCutter {
    const { audio, settings } = this.#options;
    const { endMs, startMs, preRollMs, postRollMs, maxSeconds, requireVoicing } = settings;
    return new audio.UtteranceCutter({
      sampleRate,
      endMs,
      startMs,
      voicedMs: Math.min(100, startMs),
      preRollMs,
      postRollMs: Math.min(postRollMs, endMs),
      maxSeconds,
      requireVoicing,
    });
  }

  #endStream(message: FlowMessage): void {
    for (const event of this.#cutter?.flush() ?? []) this.#take(event, message);
    this.#cutter = undefined;
    if (this.#sampleRate > 0) this.#offsetMs += (this.#heardSamples / this.#sampleRate) * 1000;
    this.#heardSamples = 0;
  }

  #take(event: UtteranceEvent, message: FlowMessage): void {
    if (event.type === 'started') this.#begin(event.atMs, message);
    else if (event.type === 'sound') this.#add(event.samples);
    else this.#end(event);
  }

  #begin(atMs: number, message: FlowMessage): void {
    const { settings, generateId, onSpeaking } = this.#options;
    const startMs = Math.round(this.#offsetMs + atMs);
    const index = this.#count;
    this.#count += 1;
    const isStream = settings.output === 'stream';
    const parts = isStream ? new StreamParts(generateId(), 'buffer') : undefined;
    this.#utterance = { index, startMs, message, sound: [], parts };
    onSpeaking(true);
    this.#event('speech-start', { index, atMs: startMs });
  }

  #add(samples: Int16Array): void {
    const utterance = this.#utterance;
    if (utterance === undefined) return;
    if (utterance.parts === undefined) utterance.sound.push(samples);
    else this.#sendPart(utterance, this.#options.audio.encodePcm16(samples));
  }

  #end({ atMs, ownSamples, reason }: Extract<UtteranceEvent, { type: 'ended' }>): void {
    const utterance = this.#utterance;
    if (utterance === undefined) return;
    const endMs = Math.round(this.#offsetMs + atMs);
    const { index, startMs, parts, sound, message } = utterance;
    this.#event('speech-stop', { index, atMs: endMs });
    this.#utterance = undefined;
    this.#options.onSpeaking(false);
    const place = { utterance: { index, startMs, endMs, reason } };
    if (parts !== undefined) {
      this.#sendPart(utterance, Buffer.alloc(0), place);
      return;
    }
    if (ownSamples === 0) return;
    this.#options.send(
      0,
      withFields(message, {
        payload: this.#join(sound, ownSamples),
        parts: undefined,
        complete: undefined,
        audio: this.#facts(ownSamples),
        ...place,
      }),
    );
  }

  /** Everything in one Buffer, copied once. */
  #join(sound: readonly Int16Array[], ownSamples: number): Buffer {
    const { audio, settings } = this.#options;
    const header =
      settings.output === 'wav'
        ? audio.wavHeader({ sampleRate: this.#sampleRate, samples: ownSamples })
        : new Uint8Array(0);
    const joined = Buffer.alloc(header.length + 2 * ownSamples);
    joined.set(header);
    let at = header.length;
    for (const samples of sound) {
      const bytes = audio.encodePcm16(samples);
      const part = bytes.subarray(0, joined.length - at);
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  #sendPart({ message, parts, index, startMs }: Utterance, bytes: Uint8Array, last?: FlowMessage) {
    if (parts === undefined) return;
    this.#options.send(
      0,
      withFields(message, {
        payload: bytes,
        complete: undefined,
        utterance: { index, startMs },
        audio: this.#facts(bytes.length / 2),
        stepvoice: { stream: 'audio' },
        ...last,
        ...parts.next(last !== undefined),
      }),
    );
  }

  #facts(samples: number) {
    const { output } = this.#options.settings;
    return {
      format: output === 'wav' ? 'wav' : 'pcm',
      sampleRate: this.#sampleRate,
      channels: 1,
      encoding: 's16le',
      durationMs: Math.round((samples / this.#sampleRate) * 1000),
    };
  }

  #event(event: string, payload: Record<string, unknown>): void {
    const { message } = this.#utterance ?? {};
    const clear = { parts: undefined, complete: undefined, audio: undefined };
    this.#options.send(1, withFields(message ?? {}, { ...clear, event, payload }));
  }
}
