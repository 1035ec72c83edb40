import type { AudioOutputEvent, AudioOutputTraits, AudioPiece } from './audio-output.ts';

const CHANNEL = 'stepvoice.audio-output';

/** `connection` names who is connected, `generation` counts its stops: what is late names an older one. */
type Addressed = { readonly connection: string; readonly generation: number };

/** From who enqueues to who has the device. */
export type PortRequest = Addressed &
  (
    | { readonly kind: 'connect'; readonly sentAtMs: number }
    | {
        readonly kind: 'enqueue';
        readonly sequence: number;
        readonly piece: AudioPiece;
        readonly sentAtMs: number;
      }
    | { readonly kind: 'pause' | 'resume' | 'disconnect' }
    | { readonly kind: 'rate'; readonly rate: number }
    | { readonly kind: 'stop'; readonly fadeMs: number | undefined }
  );

/** An error loses its class on the way. */
export type PortError = { readonly message: string; readonly code: string | undefined };

/** `failed` as it can be cloned. */
export type PortEvent =
  | Exclude<AudioOutputEvent, { type: 'failed' }>
  | { readonly type: 'failed'; readonly error: PortError };

/** From who has the device. */
export type PortAnswer =
  /** Somebody serves from now on; whoever wants to play connects (again). */
  | { readonly kind: 'serving' }
  | { readonly kind: 'gone' }
  | (Addressed &
      (
        | { readonly kind: 'ready'; readonly traits: AudioOutputTraits }
        /** Sent at once when a timed request came. */
        | { readonly kind: 'clock'; readonly sentAtMs: number; readonly atMs: number }
        | { readonly kind: 'accepted'; readonly sequence: number }
        | { readonly kind: 'refused'; readonly sequence: number; readonly error: PortError }
        | { readonly kind: 'event'; readonly event: PortEvent }
      ));

export type PortEnvelope<Body> = { readonly channel: typeof CHANNEL; readonly body: Body };

export function inEnvelope<Body>(body: Body): PortEnvelope<Body> {
  return { channel: CHANNEL, body };
}

/** What one of our own ends has sent; `undefined` for messages of others on the same channel. */
export function fromEnvelope<Body>(message: unknown): Body | undefined {
  const isOurs =
    typeof message === 'object' &&
    message !== null &&
    'channel' in message &&
    message.channel === CHANNEL &&
    'body' in message;
  return isOurs ? (message as PortEnvelope<Body>).body : undefined;
}
