import type { RealtimeSession } from '@stepvoice/core/node';

/** What a conversation needs of a session; a `RealtimeSession` is one. */
export type TalkSession = Pick<
  RealtimeSession,
  | 'write'
  | 'commit'
  | 'clear'
  | 'say'
  | 'respond'
  | 'cancel'
  | 'truncate'
  | typeof Symbol.asyncIterator
>;

/** What the sound of a conversation is, both ways, in Hz. */
export const TALK_RATE = 24_000;
