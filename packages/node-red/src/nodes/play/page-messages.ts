/** What the page and its node say to each other over their socket. Text is JSON; what is binary is sound. */

/** Of the microphone's frames: mono s16le, a frame a message. */
export const MIC_SAMPLE_RATE = 16_000;
export const FRAME_MS = 20;

/** Before the sound that goes to a page stands the number of what it belongs to: 32 bits, little-endian. */
export const SOUND_HEADER_BYTES = 4;

/** Why a socket was closed, as its close code: the page says it to its user and knows by it whether to come back. */
export const CLOSE_CODES = {
  /** The key in the link is not the node's. */
  wrongKey: 4401,
  /** Nothing that the page was to say was said in time, or something that no page says. */
  badMessage: 4400,
  /** As many pages are open as the node allows. */
  tooManyPages: 4429,
  /** The same page has come back while its old connection was still thought alive. */
  replaced: 4409,
  /** More sound came than anyone can speak. */
  tooFast: 4413,
  /** It did not take what was sent to it. */
  tooSlow: 4408,
  /** The node was closed, most likely to begin anew. */
  nodeClosed: 1012,
} as const;

/** Who begins to talk, and how long it lasts. */
export type TalkMode = 'both' | 'push-to-talk' | 'hands-free' | 'listen';

export type PageMessage =
  | {
      type: 'hello';
      token: string;
      /** That of an earlier connection, to be the same page as before. */
      session: string | undefined;
      /** Of the reader, such as `zh-CN`. */
      language: string;
    }
  | { type: 'talk-start'; handsFree: boolean }
  | { type: 'talk-stop' }
  /** A sound begins to be heard. */
  | { type: 'playing'; sound: number }
  /** No more is heard of a sound; `whole` where it ended by itself. */
  | { type: 'played'; sound: number; heardMs: number; whole: boolean }
  /** A sound that cannot be played. */
  | { type: 'unplayable'; sound: number };

export type SoundEncoding =
  | { kind: 'pcm'; sampleRate: number; channels: number }
  | { kind: 'wav' }
  /** What the browser decodes, when all of it is there. */
  | { kind: 'file' };

export type NodeMessage =
  | {
      type: 'ready';
      session: string;
      title: string;
      mode: TalkMode;
      hasCaptions: boolean;
      /** The browser's own cleaning: echo, noise, level. */
      cleansMicrophone: boolean;
      /** Whether who begins to talk silences what sounds. */
      bargesIn: boolean;
    }
  | { type: 'sound'; sound: number; encoding: SoundEncoding }
  /** Nothing more comes of it. */
  | { type: 'sound-end'; sound: number }
  /** Silence, now: all that came before is dropped. */
  | { type: 'cancel' }
  /** What sounds goes on to its end; what waits behind is dropped. */
  | { type: 'clear' }
  | {
      type: 'caption';
      /** Captions with the same name are one line. */
      line: string;
      text: string;
      /** Whether it goes behind what the line has, or stands for it. */
      appends: boolean;
      speaker: 'user' | 'assistant' | undefined;
    }
  /** The microphone is turned off by the node. */
  | { type: 'stop-talk'; why: 'asked' | 'talk-too-long' | 'minutes-used-up' };

const MAX_TEXT = 200;

/** @returns `undefined` for what no page says */
export function parsePageMessage(text: string): PageMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  switch (message['type']) {
    case 'hello': {
      const { token, session, language } = message;
      if (!isShort(token) || !isShort(language)) return undefined;
      return { type: 'hello', token, session: isShort(session) ? session : undefined, language };
    }
    case 'talk-start':
      return { type: 'talk-start', handsFree: message['handsFree'] === true };
    case 'talk-stop':
      return { type: 'talk-stop' };
    case 'playing':
    case 'unplayable': {
      const { type, sound } = message;
      return isCount(sound) ? { type, sound } : undefined;
    }
    case 'played': {
      const { sound, heardMs, whole } = message;
      if (!isCount(sound) || typeof heardMs !== 'number' || !(heardMs >= 0)) return undefined;
      return { type: 'played', sound, heardMs: Math.round(heardMs), whole: whole === true };
    }
    default:
      return undefined;
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
