import type { CommandContext } from '../command-context.ts';
import { findRecorders, recorderNames } from '../microphone/system-recorder.ts';
import type { Finding } from './finding.ts';

/** Which programs could record. None is started: a microphone is not opened without being asked for. */
export async function checkMicrophone({ terminal, t }: CommandContext): Promise<Finding> {
  const { platform, env } = terminal;
  const recorders = await findRecorders(platform, env);
  if (recorders.length > 0) {
    const names = recorders.map(({ name }) => name).join(', ');
    return { check: 'microphone', state: 'good', text: t('doctor.recorders', { names }) };
  }
  const names = recorderNames(platform).join(', ');
  return {
    check: 'microphone',
    state: 'warning',
    text: t('doctor.playerNone', { names }),
    fix: t('advice.noRecorder'),
  };
}
