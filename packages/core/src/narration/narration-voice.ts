import type { SpeechVoiceOptions } from '../speech/speech-options.ts';

/** A voice and how it speaks, as `speech` takes it. */
export type NarrationVoice = Pick<
  SpeechVoiceOptions,
  | 'voice'
  | 'model'
  | 'speed'
  | 'volume'
  | 'instruction'
  | 'label'
  | 'pronunciations'
  | 'normalization'
>;

/** The voices of a cast by name: what is left out is the narrator's. */
export type NarrationCast = Readonly<Record<string, Partial<NarrationVoice>>>;
