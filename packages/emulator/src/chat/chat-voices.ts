import { findVoice } from '@stepvoice/core/protocol';
import { dataVoice } from '../voice/index.ts';

/** What the documentation lists for the step-audio-2 family. */
const STEP_AUDIO_2_VOICES = [
  'wenrounansheng',
  'qingchunshaonv',
  'livelybreezy-female',
  'elegantgentle-female',
];

/**
 * Whether a chat model answers in a voice. For the others the documentation points to a list that has none of its own
 * voices: they are taken to have all official ones. Clones are not supported here.
 */
export function isChatVoice(voice: string, model: string): boolean {
  if (voice === dataVoice || STEP_AUDIO_2_VOICES.includes(voice)) return true;
  return !model.startsWith('step-audio-2') && findVoice(voice) !== undefined;
}
