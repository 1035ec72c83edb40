import { setTimeout as sleep } from 'node:timers/promises';
import type { Pcm } from '@stepvoice/core/audio';
import type { CommandContext } from '../command-context.ts';
import type { Conversation } from './conversation.ts';
import { paced } from './spoken-file.ts';
import { TALK_RATE } from './talk-session.ts';
import type { TalkSession } from './talk-session.ts';

/** Between two files, and behind the last one: the service finds the end of speech in it. */
const PAUSE_SECONDS = 1;
/** When nobody has said anything for so long, nobody will. */
const QUIET_MS = 2500;
/** An answer that has not come by then does not come. */
const LAST_ANSWER_MS = 30_000;
const LOOK_MS = 100;

export type ScriptedOptions = {
  session: TalkSession;
  conversation: Conversation;
  turns: readonly Pcm[];
  onSound: (samples: Int16Array) => void;
  /** Whether a file takes the time it takes to be spoken. */
  isRealTime: boolean;
};

/** Files, each of which is one turn, the next after the answer to the one before. */
export async function speakTurns(
  options: ScriptedOptions,
  { signal }: CommandContext,
): Promise<void> {
  const { session, conversation, turns, onSound, isRealTime } = options;
  for (const turn of turns) {
    const pieces = isRealTime ? paced(turn, signal) : [turn.samples];
    for await (const piece of pieces) {
      onSound(piece);
      session.write(piece, turn.sampleRate);
    }
    await conversation.endTurn();
    await conversation.answered(signal);
  }
}

/** Files as somebody would speak them: in real time, and the service finds out where a turn ends. */
export async function speakInRealTime(
  { session, conversation, turns, onSound }: ScriptedOptions,
  { signal }: CommandContext,
): Promise<void> {
  const speak = async (sound: Pcm): Promise<void> => {
    for await (const piece of paced(sound, signal)) {
      onSound(piece);
      session.write(piece, sound.sampleRate);
    }
  };
  const silence = { samples: new Int16Array(TALK_RATE * PAUSE_SECONDS), sampleRate: TALK_RATE };
  for (const turn of turns) {
    await speak(turn);
    await speak(silence);
  }
  const limit = performance.now() + LAST_ANSWER_MS;
  let quietSince = performance.now();
  while (performance.now() < limit && performance.now() - quietSince < QUIET_MS) {
    const samples = new Int16Array((TALK_RATE * LOOK_MS) / 1000);
    session.write(samples, TALK_RATE);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
    if (!conversation.isIdle) quietSince = performance.now();
  }
}
