import {
  AuthenticationError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  StepAudioError,
  TimeoutError,
} from '@stepvoice/core';
import type { Transport } from './service-calls.ts';

export type ErrorClass = new (...parameters: never[]) => Error;
/** `whole`: nothing is lost. An error: of this kind. Left out: the fault says nothing about such answers. */
export type Expectation = 'whole' | ErrorClass;

export type FaultRow = {
  fault: string;
  idleMs?: number;
  all?: Expectation;
  /** Names of the calls it is about; all of them where left out. */
  calls?: RegExp;
} & {
  [Key in Transport]?: Expectation | undefined;
};

/** What every call makes of what goes wrong, by how its answer travels. */
export const FAULT_ROWS: readonly FaultRow[] = [
  // Slow or odd, but nothing is wrong.
  { fault: 'latency:40', all: 'whole' },
  { fault: 'jitter:5', all: 'whole' },
  { fault: 'slow-read:2', all: 'whole' },
  { fault: 'tiny-writes:7', all: 'whole' },
  { fault: 'odd-splits', all: 'whole' },
  { fault: 'line-ends:crlf', all: 'whole' },
  { fault: 'line-ends:cr', all: 'whole' },
  { fault: 'empty-delta', all: 'whole' },
  // Not every answer has a marker behind its last event.
  { fault: 'missing-end:marker', calls: /^(speech|chat)/, all: 'whole' },
  // Refusals: the kind of error says what its caller does next.
  { fault: 'status:400', all: ServiceError },
  { fault: 'status:401', all: AuthenticationError },
  { fault: 'status:402', all: AuthenticationError },
  { fault: 'status:404', all: ServiceError },
  { fault: 'status:429,retry-after=1', all: RateLimitError },
  { fault: 'status:451,type=censorship_block', all: ModerationError },
  { fault: 'status:400,type=censorship_block', all: ModerationError },
  { fault: 'status:500', all: ServiceError },
  { fault: 'status:502,body=html', all: ServiceError },
  { fault: 'status:503,body=text', all: ServiceError },
  // Not the service at all, or a failure that calls itself a success.
  { fault: 'status:200,body=html', all: ProtocolError, socket: StepAudioError },
  { fault: 'status:200,body=service', all: ServiceError, socket: StepAudioError },
  { fault: 'status:200,body=empty', all: StepAudioError, text: undefined },
  // Cut short.
  { fault: 'cut:bytes=0,how=reset', all: ConnectionError },
  { fault: 'cut:bytes=1,how=reset', all: ConnectionError },
  { fault: 'cut:bytes=10,how=fin', all: ConnectionError },
  { fault: 'missing-end:done', calls: /^(speech|transcription)/, events: ConnectionError },
  {
    fault: 'cut:bytes=3000,how=reset',
    calls: /^speech.(create$|stream|connect)/,
    all: ConnectionError,
  },
  {
    fault: 'cut:events=3,how=reset',
    calls: /^speech/,
    events: ConnectionError,
    socket: ConnectionError,
  },
  { fault: 'cut:events=1,how=end', events: ConnectionError, socket: ConnectionError },
  // Silent: a limit ends it.
  { fault: 'stall:bytes=0', idleMs: 120, all: TimeoutError },
  {
    fault: 'stall:bytes=3000',
    idleMs: 120,
    calls: /^speech.(create$|stream|connect)/,
    all: TimeoutError,
  },
  { fault: 'stall:events=1', idleMs: 120, events: TimeoutError, socket: TimeoutError },
  // Broken in the middle.
  { fault: 'malformed:json,events=1', events: ProtocolError, socket: ProtocolError },
  { fault: 'malformed:base64,events=1', calls: /^speech/, events: ProtocolError },
  { fault: 'malformed:half,events=1', events: StepAudioError, socket: StepAudioError },
  { fault: 'error-event:events=1', events: ServiceError },
  { fault: 'error-event:events=1', calls: /^speech/, socket: ServiceError },
];
