import { REALTIME_SAMPLE_RATE } from '../protocol/realtime-rules.ts';
import type { RealtimeLatency, RealtimeMetrics, RealtimeUsage } from './realtime-events.ts';

class Latency {
  #count = 0;
  #sum = 0;
  #last: number | undefined;
  #worst: number | undefined;

  add(ms: number): void {
    this.#count += 1;
    this.#sum += ms;
    this.#last = ms;
    this.#worst = Math.max(this.#worst ?? 0, ms);
  }

  toLatency(): RealtimeLatency {
    const mean = this.#count === 0 ? undefined : this.#sum / this.#count;
    return { count: this.#count, last: this.#last, mean, worst: this.#worst };
  }
}

/** Counts of one session. */
export class SessionMetrics {
  events = 0;
  malformedEvents = 0;
  droppedDeltas = 0;
  responses = 0;
  interruptions = 0;
  toolCalls = 0;
  handOvers = 0;
  sentSamples = 0;
  receivedSamples = 0;
  readonly firstAudio = new Latency();
  readonly firstTranscript = new Latency();
  #usage: RealtimeUsage = {
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    cachedTokens: 0,
    inputAudioTokens: 0,
    outputAudioTokens: 0,
  };

  get usage(): RealtimeUsage {
    return { ...this.#usage };
  }

  addUsage(usage: RealtimeUsage): void {
    const sum = this.#usage;
    for (const key of Object.keys(sum) as (keyof RealtimeUsage)[]) sum[key] += usage[key];
  }

  toMetrics(): RealtimeMetrics {
    const { events, malformedEvents, droppedDeltas, responses, interruptions, toolCalls } = this;
    return {
      events,
      malformedEvents,
      droppedDeltas,
      responses,
      interruptions,
      toolCalls,
      handOvers: this.handOvers,
      sentAudioMs: toMs(this.sentSamples),
      receivedAudioMs: toMs(this.receivedSamples),
      firstAudioMs: this.firstAudio.toLatency(),
      firstTranscriptMs: this.firstTranscript.toLatency(),
    };
  }
}

function toMs(samples: number): number {
  return Math.round((samples * 1000) / REALTIME_SAMPLE_RATE);
}
