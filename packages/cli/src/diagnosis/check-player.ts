import type { CommandContext } from '../command-context.ts';
import { createAudioSpool } from '../output/audio-spool.ts';
import { PlayerError, playThrough } from '../output/player-process.ts';
import { findPlayers, playerNames } from '../output/system-player.ts';
import type { Finding } from './finding.ts';

const SAMPLE_RATE = 24_000;
const SILENCE_SECONDS = 0.2;
const LIMIT_MS = 5000;

/** Whether one of the players that are installed can really play, tried with a moment of silence. */
export async function checkPlayer({ terminal, t, signal }: CommandContext): Promise<Finding> {
  const players = await findPlayers(terminal.platform, terminal.env);
  if (players.length === 0) {
    const names = playerNames(terminal.platform).join(', ');
    return {
      check: 'player',
      state: 'warning',
      text: t('doctor.playerNone', { names }),
      fix: t('doctor.playerNoneFix'),
    };
  }
  const spool = await createAudioSpool(SAMPLE_RATE);
  try {
    await spool.append(new Uint8Array(SAMPLE_RATE * SILENCE_SECONDS * 2));
    await spool.end();
    const reasons: string[] = [];
    for (const player of players) {
      const limit = AbortSignal.timeout(LIMIT_MS);
      const either = AbortSignal.any([signal, limit]);
      try {
        const sound = { pieces: spool.follow(either), file: spool.file, sampleRate: SAMPLE_RATE };
        await playThrough(player, sound, either);
        return {
          check: 'player',
          state: 'good',
          text: t('doctor.playerWorks', { player: player.name }),
        };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PlayerError) && !limit.aborted) throw error;
        const reason = limit.aborted
          ? t('reason.tooSlow', { seconds: LIMIT_MS / 1000 })
          : (error as PlayerError).message;
        reasons.push(`${player.name}: ${reason}`);
      }
    }
    return {
      check: 'player',
      state: 'warning',
      text: t('doctor.playerBroken', { reasons: reasons.join('; ') }),
      fix: t('doctor.playerBrokenFix'),
    };
  } finally {
    await spool.close({ keep: false });
  }
}
