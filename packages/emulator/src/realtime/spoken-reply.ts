import { encodePcm16 } from '@stepvoice/core/audio';
import { REALTIME_SAMPLE_RATE } from '@stepvoice/core/protocol';
import type { Mind, MindTurn } from '../mind/mind.ts';
import { Segmenter, isSpeakable } from '../speech/segmenter.ts';
import { dataVoice } from '../voice/index.ts';
import type { SpeechEngine } from '../voice/index.ts';
import { DeltaCutter } from './delta-cutter.ts';
import type { ModelHabits } from './model-habits.ts';
import type { ReplyOrder } from './realtime-machine.ts';
import type { ReplyProgress } from './response-script.ts';
import { TranscriptQueue } from './transcript-queue.ts';

export type SpokenReplyOptions = {
  mind: Mind;
  engine: SpeechEngine;
  model: string;
  habits: ModelHabits;
  order: ReplyOrder;
  turns: readonly MindTurn[];
  signal: AbortSignal;
};

/** So far the transcript is ahead of the sound: it was seen to come first. */
const TRANSCRIPT_LEAD_MS = 300;
const SAMPLES_PER_MS = REALTIME_SAMPLE_RATE / 1000;

/**
 * Thinks of a reply and says it, no faster than it is asked for. Rejects with the signal's reason once that is aborted, and
 * with whatever mind and voice reject with.
 */
export async function* spokenReply(options: SpokenReplyOptions): AsyncGenerator<ReplyProgress> {
  const { mind, model, habits, order, turns, signal } = options;
  const { tools, toolChoice } = order;
  const segmenter = new Segmenter({ mode: 'default', keepParentheses: false });
  const voice = habits.hasSound && !order.textOnly ? new ReplyVoice(options) : undefined;

  async function* say(pieces: readonly string[]): AsyncGenerator<ReplyProgress> {
    for (const piece of pieces) {
      if (voice === undefined) yield { type: 'text', delta: piece, atMs: 0 };
      else yield* voice.say(piece);
    }
  }

  for await (const event of mind.reply({ model, turns, tools, toolChoice, signal })) {
    if (event.type === 'thinking') {
      if (habits.thinks) yield { type: 'thinking', delta: event.text };
    } else if (event.type === 'text') yield* say(segmenter.push(event.text));
    else if (habits.speaksCalls) yield* say(segmenter.push(`${event.name}(${event.arguments})`));
    else {
      yield* say(segmenter.flush());
      if (voice !== undefined) yield* voice.end();
      yield event;
    }
  }
  yield* say(segmenter.flush());
  if (voice !== undefined) yield* voice.end();
}

/** The sound of one reply, with its transcript in front of it. */
class ReplyVoice {
  readonly #options: SpokenReplyOptions;
  readonly #cutter = new DeltaCutter();
  readonly #transcript = new TranscriptQueue();
  #spoken = 0;
  #sent = 0;

  constructor(options: SpokenReplyOptions) {
    this.#options = options;
  }

  async *say(text: string): AsyncGenerator<ReplyProgress> {
    const { engine, order, signal } = this.#options;
    const isData = order.voice === dataVoice;
    this.#transcript.begin(text, this.#spoken / SAMPLES_PER_MS);
    if (isData || isSpeakable(text)) {
      const request = {
        text,
        voice: order.voice,
        sampleRate: REALTIME_SAMPLE_RATE,
        directives: false,
        // Data speech carries its text to the letter.
        markdownFilter: !isData,
        signal,
      };
      for await (const { samples, words } of engine.synthesize(request)) {
        this.#transcript.push(words);
        this.#spoken += samples.length;
        yield* this.#send(this.#cutter.push(samples));
      }
    }
    this.#transcript.end();
  }

  /** What is left of sound and text. */
  *end(): Generator<ReplyProgress> {
    yield* this.#send(this.#cutter.flush());
    yield* this.#sendTranscript(Infinity);
  }

  *#send(deltas: readonly Int16Array[]): Generator<ReplyProgress> {
    for (const delta of deltas) {
      this.#sent += delta.length;
      yield* this.#sendTranscript(this.#sent / SAMPLES_PER_MS + TRANSCRIPT_LEAD_MS);
      yield { type: 'audio', bytes: encodePcm16(delta) };
    }
  }

  *#sendTranscript(beforeMs: number): Generator<ReplyProgress> {
    const piece = this.#transcript.takeBefore(beforeMs);
    if (piece !== undefined) yield { type: 'text', delta: piece.text, atMs: piece.atMs };
  }
}
