import type { AudioOutput } from '@stepvoice/core/audio';
import { PlayerError } from '../output/player-process.ts';
import type { SystemPlayer } from '../output/system-player.ts';
import { FileOutput } from './file-output.ts';
import { StreamingOutput } from './streaming-output.ts';

/** A player that works as far as one can tell, and those that are left to try if it does not. */
export type OpenedPlayer = {
  readonly output: AudioOutput;
  readonly others: readonly SystemPlayer[];
};

/**
 * The first of the players that works, as an output.
 *
 * @param onPlayerFailed told of each that does not.
 * @returns `undefined` where none does.
 */
export async function openPlayer(
  players: readonly SystemPlayer[],
  sampleRate: number,
  onPlayerFailed: (error: PlayerError) => void,
  signal: AbortSignal,
): Promise<OpenedPlayer | undefined> {
  for (const [index, player] of players.entries()) {
    const others = players.slice(index + 1);
    if (!player.streams) return { output: new FileOutput(player, signal), others };
    try {
      return { output: await StreamingOutput.open(player, sampleRate, signal), others };
    } catch (error) {
      if (!(error instanceof PlayerError)) throw error;
      onPlayerFailed(error);
    }
  }
  return undefined;
}
