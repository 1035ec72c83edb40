/** 24 kHz mono PCM of 16 bit. */
export const BYTES_PER_SECOND = 48_000;

/** How an answer goes wrong. */
export type Fault =
  /** An error event with `message` at its top, then an orderly end. */
  | 'error-message'
  /** An error event with `error.message`, then an orderly end. */
  | 'error-object'
  /** An orderly end of the transport without the protocol's last event. */
  | 'no-last-event'
  /** The connection breaks. */
  | 'cut'
  /** Status 200 with an error as JSON in place of the audio. */
  | 'error-body';

/** What the service does with one request, or with the first sentence of one socket. */
export type Answer = {
  /** Pieces of audio. */
  pieces: number;
  /** Seconds of audio in each. */
  pieceSeconds: number;
  /** Time from one piece to the next; 0 is as fast as they are taken. */
  intervalMs: number;
  /** After so many pieces it falls silent and leaves the connection open. */
  silentAfter?: number;
  /** After the pieces; on a socket after the first sentence, whatever else was to be said. */
  fault?: Fault;
  /** Sockets: speak every sentence, so long per character, in place of `pieces`. */
  secondsPerCharacter?: number;
};

/** One request, or one socket, as the service saw it. Times are those of `nowMs`. */
export type RequestLog = {
  /** Number of the TCP connection it came on. */
  connection: number;
  /** The request, or the first text on a socket, was there in full. */
  receivedAt: number;
  firstWriteAt: number | null;
  lastWriteAt: number | null;
  /** The connection was closed before the answer had been given in full. */
  closedAt: number | null;
  /** Audio that the operating system took. */
  audioBytes: number;
};

/** From the bench to the service and back; `id` pairs a reply with its command. */
export type Command =
  | { id: number; type: 'open'; run: string; answers: readonly Answer[] }
  | { id: number; type: 'close'; run: string };
export type Reply =
  | { type: 'listening'; port: number }
  | { id: number; type: 'opened' }
  | { id: number; type: 'closed'; requests: RequestLog[] };
