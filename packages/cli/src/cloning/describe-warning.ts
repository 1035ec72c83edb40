import type { CloneWarning } from '@stepvoice/core/node';
import type { Translate } from '../language/translate.ts';

/** What the client found about a clip, in the user's language. */
export function describeWarning(warning: CloneWarning, t: Translate): string {
  switch (warning.code) {
    case 'short':
    case 'long': {
      const [least, most] = warning.advised;
      const seconds = warning.seconds.toFixed(1);
      return t(`clone.${warning.code}`, { seconds, least, most });
    }
    case 'little-speech':
      return t('clone.little-speech', { seconds: warning.speechSeconds.toFixed(1) });
    case 'quiet':
      return t('clone.quiet', { level: warning.speechDbfs.toFixed(0) });
    case 'noisy':
      return t('clone.noisy', { distance: warning.signalToNoiseDb.toFixed(0) });
    case 'clipped':
      return t('clone.clipped', { share: (warning.clippedShare * 100).toFixed(1) });
    case 'low-sample-rate':
      return t('clone.low-sample-rate', { rate: warning.sampleRate });
    case 'channels':
      return t('clone.channels', { channels: warning.channels });
    case 'file-kept':
      return t('clone.fileKept', { id: warning.fileId });
  }
}
