import { containerMediaType, sniffContainer } from '../audio/container.ts';
import { createDurationScanner } from '../audio/duration/duration-scanner.ts';
import { decodePcm16 } from '../audio/pcm.ts';
import {
  AuthenticationError,
  CapabilityError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  StepAudioError,
  ValidationError,
} from '../errors.ts';
import { sleep } from '../net/clock.ts';
import type { Clock } from '../net/clock.ts';
import type { SpeechSampleRate } from '../protocol/models.ts';
import type { Subtitle } from '../speech/speech-events.ts';
import type { Speech } from '../speech/speech.ts';
import { AnswerMemory } from './answer-memory.ts';
import { countCharacters, splitBatch } from './batches.ts';
import type { Batch, SpeechPiece } from './batches.ts';
import { blamesVoice } from './casting.ts';
import type { Casting } from './casting.ts';
import type { NarrationVoice } from './narration-voice.ts';
import type { SpokenGroup } from './piece-store.ts';
import { cutBatch, secondsOf, wholeBatch } from './timeline.ts';

/** What is known of a request: enough to count what it costs. */
export type FetchedRequest = {
  readonly text: string;
  /** In code points. */
  readonly characters: number;
  /** Sentences, or parts of long ones. */
  readonly sentences: number;
  readonly speaker: string | undefined;
  readonly voice: NarrationVoice;
};

/** Why nothing is fetched for the time being. */
export type FetchWait = {
  readonly reason: 'rate-limit' | 'retry';
  /** On the clock. */
  readonly untilMs: number;
  readonly error: StepAudioError;
};

export type BatchListener = {
  readonly onRequest?: ((request: FetchedRequest) => void) | undefined;
  /** The whole answer is there. */
  readonly onFetched?:
    | ((request: FetchedRequest & { readonly seconds: number }) => void)
    | undefined;
  readonly onWaiting?: ((wait: FetchWait) => void) | undefined;
  /**
   * For ten seconds nothing has come of a request: the service is slow, or the account's other requests are before it and
   * it has not left yet.
   */
  readonly onSilence?: (() => void) | undefined;
  /** With `unknownVoice: 'narrator'`: from now on the narrator speaks for them. */
  readonly onVoiceReplaced?: ((speaker: string, error: StepAudioError) => void) | undefined;
};

export type BatchSpeakerOptions = BatchListener & {
  readonly speech: Pick<Speech, 'stream'>;
  readonly clock: Clock;
  /** What the service is asked for; only `pcm` can be cut. */
  readonly format: 'pcm' | 'mp3' | 'opus';
  readonly sampleRate: SpeechSampleRate;
  readonly unknownVoice: 'fail' | 'narrator';
  /** How often in a row a request is tried again. */
  readonly maxRetries: number;
};

export type BatchTask = {
  readonly batch: Batch;
  readonly casting: Casting;
  readonly signal: AbortSignal;
  /** Whether it is worth waiting for. */
  readonly isWanted: () => boolean;
  /** Of each stretch as it becomes known, also of one that arrives after the task was given up. */
  readonly onSpoken: (group: SpokenGroup) => void;
  /** The service does not speak this piece. */
  readonly onRefused: (piece: SpeechPiece, error: StepAudioError) => void;
};

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** So many sentences one after the other that are refused before any was spoken are no fault of the sentences. */
const MOST_REFUSALS = 3;
/** Nor are so many of a voice that has spoken before. */
const MOST_REFUSALS_IN_A_ROW = 10;
/** Enough for any answer to have begun, unless the request still waits for its turn. */
const LONG_SILENCE_MS = 10_000;

/**
 * Has batches spoken. What may pass is waited for; what the service refuses is halved until the sentence that it refuses is
 * alone; what would fail with every sentence is thrown.
 */
export class BatchSpeaker {
  readonly #options: BatchSpeakerOptions;
  readonly #memory = new AnswerMemory();
  #refusals = 0;

  constructor(options: BatchSpeakerOptions) {
    this.#options = options;
  }

  /** @throws what no other sentence would fare better with, and `signal.reason`. */
  async speak(task: BatchTask): Promise<void> {
    const { batch, casting, signal } = task;
    const { speaker } = batch.pieces[0]!.utterance;
    for (let failures = 0; ;) {
      signal.throwIfAborted();
      try {
        for (const group of await this.#request(task, speaker)) task.onSpoken(group);
        casting.confirm(speaker);
        this.#refusals = 0;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!StepAudioError.isInstance(error)) throw error;
        if (mayPass(error)) {
          failures += 1;
          if (failures > this.#options.maxRetries || !task.isWanted()) throw error;
          await this.#wait(error, failures, signal);
          if (!task.isWanted()) throw error;
        } else if (!isAboutText(error) || this.#isAboutVoice(error, task, speaker)) {
          if (!this.#replaceVoice(error, casting, speaker)) throw casting.explain(error, speaker);
        } else if (this.#refusals + 1 >= MOST_REFUSALS_IN_A_ROW && !isBlocked(error)) {
          throw error;
        } else {
          await this.#refuse(task, error);
          return;
        }
      }
    }
  }

  async #request(task: BatchTask, speaker: string | undefined): Promise<SpokenGroup[]> {
    const { batch, casting, signal, onSpoken } = task;
    const { clock, format, sampleRate, onRequest, onFetched, onSilence } = this.#options;
    const { text, pieces } = batch;
    const voice = casting.voiceOf(speaker);
    const characters = countCharacters(text);
    const request = { text, characters, sentences: pieces.length, speaker, voice };
    const stream = this.#options.speech.stream({
      ...voice,
      text,
      format,
      sampleRate,
      timestamps: true,
      signal,
      onLateAnswer: ({ audio, subtitles }) => {
        for (const group of this.#toGroups(batch, audio, subtitles)) onSpoken(group);
      },
    });
    onRequest?.(request);
    const subtitles: Subtitle[] = [];
    const audio = this.#memory.take();
    const cancelSilence = clock.after(LONG_SILENCE_MS, () => onSilence?.());
    let groups: SpokenGroup[];
    try {
      for await (const event of stream) {
        cancelSilence();
        if (event.type === 'audio') audio.push(event.audio);
        else if (event.type === 'subtitle') subtitles.push(event);
      }
      groups = this.#toGroups(batch, audio.bytes, subtitles);
    } finally {
      cancelSilence();
      this.#memory.giveBack(audio);
    }
    const seconds = groups.reduce((sum, { speech }) => sum + secondsOf(speech.sound), 0);
    onFetched?.({ ...request, seconds });
    return groups;
  }

  /** What is made of the sound has memory of its own. */
  #toGroups(batch: Batch, audio: Uint8Array, subtitles: readonly Subtitle[]): SpokenGroup[] {
    const { format, sampleRate } = this.#options;
    const cut =
      format === 'pcm'
        ? cutBatch(batch, { samples: decodePcm16(audio), sampleRate }, subtitles)
        : [wholeBatch(batch, toClip(audio), subtitles)];
    return cut.map(({ first, count, speech }) => ({
      pieces: batch.pieces.slice(first, first + count),
      speech,
    }));
  }

  async #wait(error: StepAudioError, failures: number, signal: AbortSignal): Promise<void> {
    const { clock, onWaiting } = this.#options;
    const own = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
    const delayMs = Math.max(own, Math.min(error.retryAfterMs ?? 0, 2 * LONGEST_DELAY_MS));
    const reason = error instanceof RateLimitError ? 'rate-limit' : 'retry';
    onWaiting?.({ reason, untilMs: clock.now() + delayMs, error });
    await sleep(clock, delayMs, signal);
  }

  #isAboutVoice(error: StepAudioError, task: BatchTask, speaker: string | undefined): boolean {
    if (isBlocked(error) || task.casting.isConfirmed(speaker)) return false;
    if (blamesVoice(error)) return true;
    return task.batch.pieces.length === 1 && this.#refusals + 1 >= MOST_REFUSALS;
  }

  #replaceVoice(error: StepAudioError, casting: Casting, speaker: string | undefined): boolean {
    const isPersonal = error instanceof AuthenticationError || error instanceof CapabilityError;
    if (isPersonal || this.#options.unknownVoice !== 'narrator') return false;
    if (!casting.replace(speaker)) return false;
    this.#options.onVoiceReplaced?.(speaker as string, error);
    return true;
  }

  async #refuse(task: BatchTask, error: StepAudioError): Promise<void> {
    const { pieces } = task.batch;
    if (pieces.length > 1) {
      for (const half of splitBatch(task.batch)) await this.speak({ ...task, batch: half });
      return;
    }
    if (!isBlocked(error)) this.#refusals += 1;
    task.onRefused(pieces[0]!, error);
  }
}

function isBlocked(error: StepAudioError): boolean {
  return error instanceof ModerationError || error.status === 451;
}

/** Whether the same request may fare better later. A network's sign-in page, say, is no answer of the service. */
function mayPass(error: StepAudioError): boolean {
  const isOfService = error.code === 'wrong_audio' || error.code === 'no_audio';
  return error.retryable || (error instanceof ProtocolError && !isOfService);
}

/** Whether another text might be spoken where this one is not. */
function isAboutText(error: StepAudioError): boolean {
  if (error instanceof AuthenticationError || error instanceof CapabilityError) return false;
  if (error instanceof ValidationError) return error.path === 'text';
  return error.status !== 404 && error.code !== 'wrong_audio';
}

function toClip(audio: Uint8Array) {
  const container = sniffContainer(audio);
  const scanner = container && createDurationScanner(container);
  scanner?.push(audio);
  if (container === undefined || scanner?.seconds === undefined) {
    throw new ProtocolError('The service sent a file whose length cannot be told.', {
      code: 'wrong_audio',
    });
  }
  return {
    bytes: new Uint8Array(audio),
    mediaType: containerMediaType(container),
    durationSeconds: scanner.seconds,
  };
}
