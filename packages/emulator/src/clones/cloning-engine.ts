import type { SpeechEngine } from '../voice/index.ts';
import type { VoiceClones } from './voice-clones.ts';

/** An engine that speaks with cloned voices as they were heard, whoever asks it. */
export function createCloningEngine(engine: SpeechEngine, clones: VoiceClones): SpeechEngine {
  return {
    synthesize(request) {
      const traits = request.traits ?? clones.traitsOf(request.voice);
      return engine.synthesize(traits === undefined ? request : { ...request, traits });
    },
    close: () => engine.close(),
  };
}
