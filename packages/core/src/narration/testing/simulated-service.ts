import { encodeBase64 } from '../../audio/base64.ts';
import { createConnection } from '../../client.ts';
import type { StepAudioOptions } from '../../client.ts';
import { sleep } from '../../net/clock.ts';
import type { Clock } from '../../net/clock.ts';
import type { FetchAnswer, FetchInit } from '../../net/fetch-transport.ts';
import { createPlatformRuntime } from '../../net/runtime.ts';
import { Speech } from '../../speech/speech.ts';
import { countCharacters } from '../batches.ts';
import { encodeSound } from './encoded-sound.ts';
import { simulateVoice } from './simulated-voice.ts';
import type { SimulatedToken } from './simulated-voice.ts';

/** What goes wrong with a request. */
export type SimulatedFault = {
  /** Answers with this status (451 with the service's block) in place of speech, as fast as any answer begins. */
  status?: number;
  message?: string;
  retryAfterSeconds?: number;
  /** The connection is cut after this share of the audio, from 0 up to 1. */
  cutAfter?: number;
  /** A page of the network's own in place of the answer. */
  signInPage?: boolean;
  /** The network is not there. */
  unreachable?: boolean;
  /** In place of the times. */
  subtitles?: (tokens: SimulatedToken[]) => SimulatedToken[];
  /** So much longer than the model of time says. */
  delayMs?: number;
};

export type SimulatedRequest = {
  readonly text: string;
  /** In code points. */
  readonly characters: number;
  readonly voice: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** On the clock. */
  readonly atMs: number;
  /** Counts from 0. */
  readonly index: number;
};

export type SimulatedServiceOptions = {
  readonly clock: Clock;
  /** Before an answer begins. Default 300. */
  readonly firstByteMs?: number;
  /** For each character. Default 6. */
  readonly msPerCharacter?: number;
  /** Requests answered at once; a further one gets 429. Default 5. */
  readonly concurrency?: number;
  /** Requests begun in any minute; a further one gets 429. Default 10. */
  readonly requestsPerMinute?: number;
  /** Answers come whole, and cannot be stopped. Default false. */
  readonly buffered?: boolean;
  /** Decides by the request what goes wrong with it. */
  readonly fault?: (request: SimulatedRequest) => SimulatedFault | undefined;
};

const PIECES = 4;
/** Longest text of one subtitle, in tokens: the service cuts by length. */
const SUBTITLE_TOKENS = 40;
const MINUTE_MS = 60_000;

/** A service on the clock of a test, as fast and as narrow as an account's lowest tier. It is reached by {@link fetch}. */
export class SimulatedService {
  /** All that arrived, also what was refused. */
  readonly requests: SimulatedRequest[] = [];
  /** Those that were refused for being too many. */
  rateLimited = 0;
  /** Of all answers that were made to their end. */
  characters = 0;
  /** Answers on their way. */
  active = 0;
  fault: SimulatedServiceOptions['fault'];
  readonly #options: Required<Omit<SimulatedServiceOptions, 'fault'>>;

  constructor({ fault, ...options }: SimulatedServiceOptions) {
    this.fault = fault;
    this.#options = {
      firstByteMs: 300,
      msPerCharacter: 6,
      concurrency: 5,
      requestsPerMinute: 10,
      buffered: false,
      ...options,
    };
  }

  /** The most requests that began in any 60 seconds. */
  get mostPerMinute(): number {
    const starts = this.requests.map(({ atMs }) => atMs);
    return Math.max(
      0,
      ...starts.map((from) => starts.filter((at) => at >= from && at < from + MINUTE_MS).length),
    );
  }

  readonly fetch = async (_url: string, init: FetchInit): Promise<FetchAnswer> => {
    const { clock, firstByteMs, concurrency, requestsPerMinute, buffered } = this.#options;
    const request = this.#receive(init);
    const fault = this.fault?.(request) ?? {};
    const recent = this.requests.filter(({ atMs }) => atMs > request.atMs - MINUTE_MS).length;
    const isTooMany = this.active >= concurrency || recent > requestsPerMinute;
    const signal = buffered ? undefined : init.signal;
    this.active += 1;
    let isHeld = true;
    const release = () => {
      if (isHeld) this.active -= 1;
      isHeld = false;
    };
    try {
      if (isTooMany) {
        this.rateLimited += 1;
        await sleep(clock, 20, signal);
        return this.#refuse(429, { message: 'too many requests', release });
      }
      await sleep(clock, firstByteMs + (fault.delayMs ?? 0), signal);
      if (fault.unreachable === true) throw new TypeError('fetch failed');
      if (fault.signInPage === true) {
        release();
        return answer(200, 'text/html', encode('<html><body>Sign in</body></html>'));
      }
      if (fault.status !== undefined) return this.#refuse(fault.status, { ...fault, release });
      return await this.#speak(request, fault, signal, release);
    } catch (error) {
      release();
      throw error;
    }
  };

  #receive(init: FetchInit): SimulatedRequest {
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    const text = body['input'] as string;
    const request = {
      text,
      characters: countCharacters(text),
      voice: body['voice'] as string,
      body,
      atMs: this.#options.clock.now(),
      index: this.requests.length,
    };
    this.requests.push(request);
    return request;
  }

  #refuse(
    status: number,
    { message = 'refused', retryAfterSeconds, release }: SimulatedFault & { release: () => void },
  ): FetchAnswer {
    release();
    const type = status === 451 ? 'censorship_block' : 'request_params_invalid';
    const retryAfter = retryAfterSeconds === undefined ? null : String(retryAfterSeconds);
    const body = encode(JSON.stringify({ error: { message, type } }));
    return answer(status, 'application/json', body, { 'retry-after': retryAfter });
  }

  async #speak(
    request: SimulatedRequest,
    fault: SimulatedFault,
    signal: AbortSignal | undefined,
    release: () => void,
  ): Promise<FetchAnswer> {
    const { clock, msPerCharacter, buffered } = this.#options;
    const events = this.#eventsOf(request, fault);
    const pieceMs = (request.characters * msPerCharacter) / PIECES;
    const sent = fault.cutAfter === undefined ? PIECES : Math.floor(PIECES * fault.cutAfter);
    const finish = () => {
      if (fault.cutAfter === undefined) this.characters += request.characters;
      release();
    };
    if (buffered) {
      await sleep(clock, pieceMs * PIECES, undefined);
      finish();
      if (fault.cutAfter !== undefined) throw new TypeError('network error');
      return answer(200, 'text/event-stream', encode(events.join('')));
    }
    let next = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            if (next > sent || next === PIECES + 1) {
              finish();
              if (fault.cutAfter === undefined) controller.close();
              else controller.error(new TypeError('network error'));
              return;
            }
            // The first byte stands alone, so that the answer begins when it begins.
            if (next > 0) await sleep(clock, pieceMs, signal);
            controller.enqueue(encode(events[next]!));
            next += 1;
          } catch (error) {
            release();
            controller.error(error);
          }
        },
        cancel: release,
      },
      { highWaterMark: 0 },
    );
    return { ...answer(200, 'text/event-stream', new Uint8Array()), body };
  }

  /** One for the beginning and one for each piece of the answer. */
  #eventsOf({ text, body }: SimulatedRequest, fault: SimulatedFault): string[] {
    const sampleRate = (body['sample_rate'] as number | undefined) ?? 24_000;
    const { samples, tokens } = simulateVoice(text, sampleRate);
    const bytes = encodeSound(samples, sampleRate, body['response_format'] as string);
    const length = Math.ceil(bytes.length / PIECES / 2) * 2;
    const events = [': begins\n\n'];
    for (let piece = 0; piece < PIECES; piece += 1) {
      const audio = bytes.subarray(piece * length, (piece + 1) * length);
      // There is nothing to escape in megabytes of it.
      events.push(`data: {"type":"speech.audio.delta","audio":"${encodeBase64(audio)}"}\n\n`);
    }
    if (body['timestamp'] === true) {
      const timed = fault.subtitles === undefined ? tokens : fault.subtitles(tokens);
      for (let first = 0; first < timed.length; first += SUBTITLE_TOKENS) {
        const items = timed.slice(first, first + SUBTITLE_TOKENS);
        events[PIECES] += event({
          type: 'response.subtitle',
          event_id: `e-${first}`,
          data: {
            text: items.map((item) => item.text).join(''),
            request_id: `r.${first}`,
            items: items.map((item) => ({
              text: item.text,
              start_time: item.startMs,
              end_time: item.endMs,
            })),
            timestamp: 1_790_000_000_321,
          },
        });
      }
    }
    events[PIECES] += `${event({ type: 'speech.audio.done', audio: '' })}data: [DONE]\n\n`;
    return events;
  }
}

/** A `Speech` that reaches a simulated service, both on one clock. */
export function createSimulatedSpeech(
  options: SimulatedServiceOptions,
  connection: Omit<StepAudioOptions, 'fetch' | 'buffered' | 'runtime'> = {},
): { service: SimulatedService; speech: Speech } {
  const service = new SimulatedService(options);
  const runtime = { ...createPlatformRuntime(), clock: options.clock, random: () => 0.5 };
  const speech = new Speech(
    createConnection({
      apiKey: 'sk-simulated-0123456789',
      baseURL: 'http://127.0.0.1:1',
      ...connection,
      fetch: service.fetch,
      buffered: options.buffered ?? false,
      runtime,
    }),
  );
  return { service, speech };
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function answer(
  status: number,
  contentType: string,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string | null> = {},
): FetchAnswer {
  const all: Record<string, string | null> = { 'content-type': contentType, ...headers };
  return {
    status,
    headers: { get: (name) => all[name] ?? null },
    arrayBuffer: () => Promise.resolve(bytes.buffer),
  };
}
