import { findModel } from '@stepvoice/core/protocol';

/** In what realtime models differ from each other. */
export type ModelHabits = {
  /** Whether it thinks aloud before it speaks. */
  thinks: boolean;
  /** Whether its speech is sent, or the transcript alone. */
  hasSound: boolean;
  /** Whether it says a function call aloud in place of making it. */
  speaksCalls: boolean;
};

/** @param strict as the service's documentation has it, and not as it was observed. */
export function modelHabits(model: string, strict: boolean): ModelHabits {
  return {
    thinks: findModel(model)?.realtime?.thinking === true,
    hasSound: strict || !/^step-audio-2(?:-|$)/.test(model),
    speaksCalls: !strict && model.startsWith('step-audio-r1.'),
  };
}
