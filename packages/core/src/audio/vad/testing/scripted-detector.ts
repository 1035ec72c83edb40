import { rmsDbfs } from '../../level.ts';
import type { VoiceActivity, VoiceActivityDetector } from '../voice-activity-detector.ts';

/**
 * Reads its judgements from the samples, so that a test can write them down: a frame is active where its first sample is
 * 1000 or more, and voiced from 2000.
 */
export class ScriptedDetector implements VoiceActivityDetector {
  readonly sampleRate: number;
  readonly frameSamples: number;

  constructor({ sampleRate = 1000, frameSamples = 10 } = {}) {
    this.sampleRate = sampleRate;
    this.frameSamples = frameSamples;
  }

  process(frame: Int16Array): VoiceActivity {
    const [first = 0] = frame;
    return {
      active: first >= 1000,
      voiced: first >= 2000,
      score: first,
      levelDbfs: rmsDbfs(frame),
    };
  }

  reset(): void {}
}

/** Sound for it, 10 ms at 1 kHz a letter: `V`oiced, `A`ctive, and anything else for neither. */
export function scripted(script: string): Int16Array {
  const values = Array.from(script, (letter) =>
    letter === 'V' ? 2000 : letter === 'A' ? 1000 : 1,
  );
  return Int16Array.from({ length: values.length * 10 }, (_, i) => values[Math.floor(i / 10)]!);
}
