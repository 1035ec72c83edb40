import type { SpeechFormat, Subtitle } from '@stepvoice/core/node';
import { audioFacts, fileDurationMs, fileTypeOf, pcmDurationMs } from '../../kit/audio-facts.ts';
import { loadAudio } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { Job } from '../../kit/job-lanes.ts';
import type { FlowMessage, StepvoiceFacts } from '../../kit/node-red.ts';
import { OutgoingStream } from '../../kit/outgoing-stream.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import { MAX_CLIP_BYTES, serveClip } from '../../kit/served-clips.ts';
import { MAX_WHOLE_BYTES, soundTooLarge } from '../../kit/sound-limit.ts';
import { soundAmongOthers } from '../../kit/stream-place.ts';
import type { TtsProperties } from './tts-node.ts';
import { joinChunks, type Sound } from './sound.ts';
import type { Utterance } from './utterance.ts';

/** What goes out, and how. */
export type Delivery = {
  how: 'whole' | 'stream' | 'dataUrl' | 'url';
  format: SpeechFormat;
  /** Hz. */
  sampleRate: number;
  voice: string;
  model: string;
  /** Whether the text came as a stream, whose place in it says nothing about the sound. */
  isOfStream: boolean;
};

const MAX_BYTES: Record<Delivery['how'], number> = {
  whole: MAX_WHOLE_BYTES,
  stream: Infinity,
  dataUrl: MAX_CLIP_BYTES,
  url: MAX_CLIP_BYTES,
};

/** What is sent of one job: the sound on the first output, and on the second what happens. */
export class SpeechSender {
  readonly #host: NodeHost<TtsProperties>;
  readonly #job: Job<TtsProperties>;
  readonly #delivery: Delivery;
  readonly #stream: OutgoingStream<TtsProperties>;
  #ttfaMs: number | undefined;
  #sentences = 0;

  constructor(host: NodeHost<TtsProperties>, job: Job<TtsProperties>, delivery: Delivery) {
    this.#host = host;
    this.#job = job;
    this.#delivery = delivery;
    this.#stream = new OutgoingStream(host, job, 0, 'audio');
  }

  /**
   * Sends what is spoken, as it comes or when all of it has.
   *
   * @returns all of it, if it is wanted or was waited for
   * @throws {LocalizedError} where nothing was spoken, and, unless it leaves in chunks, where it becomes too large
   */
  async sendUtterance(utterance: Utterance, isWanted: boolean): Promise<Sound | undefined> {
    const { how, format, sampleRate } = this.#delivery;
    const isStream = how === 'stream';
    const maxBytes = MAX_BYTES[how];
    const chunks: Uint8Array[] = [];
    const subtitles: Subtitle[] = [];
    let bytes = 0;
    let seconds: number | undefined = 0;
    try {
      for await (const event of utterance.events) {
        switch (event.type) {
          case 'audio':
            if (isStream) this.#sendChunk(event.audio, utterance.requestId());
            else this.#ttfaMs ??= this.#elapsedMs();
            if (bytes === 0) this.#job.event('first-audio', { ttfaMs: this.#ttfaMs });
            bytes += event.audio.length;
            if (bytes > maxBytes) throw soundTooLarge(maxBytes);
            if (!isStream || isWanted) chunks.push(event.audio);
            seconds =
              seconds === undefined || event.durationSeconds === undefined
                ? undefined
                : seconds + event.durationSeconds;
            break;
          case 'sentence-start':
            this.#job.event('sentence', { index: this.#sentences, text: event.text.trim() });
            this.#sentences += 1;
            break;
          case 'subtitle':
            subtitles.push(event);
            this.#sendWords(event);
            break;
          case 'clip':
          case 'flushed':
          case 'sentence-end':
          case 'unknown':
        }
      }
    } catch (error) {
      this.#stream.cut();
      throw error;
    }
    const characters = utterance.characters();
    const requestId = utterance.requestId();
    if (bytes === 0) {
      if (utterance.hasText()) throw noSound();
      this.#job.event('done', this.#done(0, {}));
      return undefined;
    }
    let whole = chunks.length === 0 ? undefined : joinChunks(chunks);
    if (whole !== undefined && utterance.needsHeader) {
      const { wavHeader } = await loadAudio();
      whole = joinChunks([wavHeader({ sampleRate, samples: whole.length / 2 }), whole]);
    }
    const isPcm = format === 'pcm';
    const known = isPcm ? pcmDurationMs(bytes, sampleRate) : seconds && seconds * 1000;
    const durationMs = known ?? (whole && (await fileDurationMs(whole, format, sampleRate)));
    const sound = whole && { bytes: whole, format, sampleRate, durationMs, subtitles };
    const facts = { requestId, usage: { characters } };
    if (isStream) this.#endStream(bytes, durationMs, facts);
    else if (sound !== undefined) this.#sendWhole(sound, facts);
    return sound;
  }

  /** Sends what was spoken before. */
  sendKnown(sound: Sound): void {
    const facts: StepvoiceFacts = { isCached: true, usage: { characters: 0 } };
    if (this.#delivery.how === 'stream') {
      this.#sendChunk(sound.bytes, undefined);
      this.#job.event('first-audio', { ttfaMs: this.#ttfaMs });
      for (const subtitle of sound.subtitles) this.#sendWords(subtitle);
      this.#endStream(sound.bytes.length, sound.durationMs, facts);
    } else {
      for (const subtitle of sound.subtitles) this.#sendWords(subtitle);
      this.#ttfaMs = this.#elapsedMs();
      this.#sendWhole(sound, facts);
    }
  }

  #sendChunk(audio: Uint8Array, requestId: string | undefined): void {
    const { format, sampleRate, model, voice } = this.#delivery;
    this.#ttfaMs ??= this.#elapsedMs();
    const durationMs = format === 'pcm' ? pcmDurationMs(audio.length, sampleRate) : undefined;
    const stepvoice: StepvoiceFacts = { model, voice, ttfaMs: this.#ttfaMs };
    if (requestId !== undefined) stepvoice.requestId = requestId;
    this.#stream.send(audio, { audio: audioFacts(format, sampleRate, durationMs), stepvoice });
  }

  #endStream(bytes: number, durationMs: number | undefined, facts: StepvoiceFacts): void {
    const { format, sampleRate } = this.#delivery;
    const done = this.#done(bytes, facts);
    this.#stream.end({ audio: audioFacts(format, sampleRate, durationMs), stepvoice: done });
    this.#job.event('done', { ...done, durationMs });
  }

  #sendWhole(sound: Sound, facts: StepvoiceFacts): void {
    const { format, sampleRate, durationMs, bytes, subtitles } = sound;
    const done = this.#done(bytes.length, facts);
    const fields: FlowMessage = {
      ...this.#payload(sound),
      audio: audioFacts(format, sampleRate, durationMs),
    };
    if (this.#delivery.isOfStream) Object.assign(fields, { parts: undefined, complete: undefined });
    if (subtitles.length > 0) fields['words'] = subtitles.flatMap(({ words }) => words);
    fields.stepvoice = { ...done, ...fields.stepvoice };
    this.#job.send(0, fields);
    this.#job.event('done', { ...done, durationMs });
  }

  #payload({ bytes, format }: Sound): FlowMessage {
    const { how } = this.#delivery;
    const { mediaType, extension } = fileTypeOf(format);
    if (how === 'dataUrl')
      return { payload: `data:${mediaType};base64,${bytes.toString('base64')}` };
    if (how !== 'url') return { payload: bytes, parts: soundAmongOthers(this.#job.message.parts) };
    const { expiresAfterMinutes, publicURL } = this.#job.settings;
    const { url, expiresAt } = serveClip(
      this.#host.RED,
      { bytes, mediaType, extension },
      { expiresAfterMs: expiresAfterMinutes * 60_000, publicURL, clock: this.#host.clock },
    );
    return { payload: url, stepvoice: { expiresAt: new Date(expiresAt).toISOString() } };
  }

  #sendWords({ text, words }: Subtitle): void {
    this.#job.event('words', { text, words });
  }

  #done(bytes: number, facts: StepvoiceFacts): StepvoiceFacts {
    const { model, voice } = this.#delivery;
    const done: StepvoiceFacts = { model, voice };
    for (const [name, fact] of Object.entries(facts)) if (fact !== undefined) done[name] = fact;
    return { ...done, ttfaMs: this.#ttfaMs, totalMs: this.#elapsedMs(), bytes };
  }

  #elapsedMs(): number {
    return Math.round((this.#host.clock.now() - this.#job.arrivedMs) * 10) / 10;
  }
}

function noSound(): LocalizedError {
  return new LocalizedError(
    'no_audio',
    {
      en: 'The service sent no sound for this text.',
      zh: '服务未返回此文本的声音。',
    },
    { badge: 'serviceFailed' },
  );
}
