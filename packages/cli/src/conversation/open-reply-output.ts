import type { CommandContext } from '../command-context.ts';
import { openSink } from '../output/open-sink.ts';
import type { SpeechOutput } from '../output/speech-output.ts';
import { findPlayers, playerNames } from '../output/system-player.ts';
import { ReplyFile } from './reply-file.ts';
import type { ReplyOutput } from './reply-output.ts';
import { ReplyPlayer } from './reply-player.ts';
import { TALK_RATE } from './talk-session.ts';

export type ReplyOutputOptions = {
  output: SpeechOutput;
  /** Whether a reply in a file takes the time it takes to be heard, and can be interrupted. */
  isRealTime: boolean;
  force: boolean;
  onNote: (note: string) => void;
};

/** Opens what the replies go to, before anybody speaks. */
export async function openReplyOutput(
  { output, isRealTime, force, onNote }: ReplyOutputOptions,
  { terminal, t, signal }: CommandContext,
): Promise<ReplyOutput> {
  if (output.destination.kind !== 'player') {
    const sink = await openSink(
      { output, sampleRate: TALK_RATE, force, signal, onNote },
      terminal,
      t,
    );
    return new ReplyFile(sink, signal, isRealTime ? () => performance.now() : undefined);
  }
  const { platform, env } = terminal;
  const players = (await findPlayers(platform, env)).filter(({ streams }) => streams);
  if (players.length === 0) {
    onNote(t('note.noReplyPlayer', { names: playerNames(platform).join(', ') }));
  }
  return new ReplyPlayer({
    players,
    onPlayerFailed: ({ player, message }) => {
      onNote(t('note.playerFailed', { player, reason: message }));
    },
  });
}
