import { simulateVoice } from '../../../../packages/core/src/narration/testing/simulated-voice.ts';
import { stretch } from '../../../../packages/core/src/audio/time-stretch/time-stretcher.ts';
import { sentences } from '../../../../packages/core/src/text/sentences.ts';
import type { Figures } from '../../harness/row.ts';
import type { NarrationTaskOf } from '../narration-task.ts';
import { NOTES } from '../simulation.ts';

const MEGABYTE = 1e6;
const SEGMENTER_LOCALES = { English: 'en', Chinese: 'zh' } as const;

/** A million code units of prose, cut into sentences. */
export function measureSentences({ contender, language }: NarrationTaskOf<'sentences'>): Figures {
  const note = NOTES[language];
  const text = note.repeat(Math.ceil(MEGABYTE / note.length));
  const segmenter = new Intl.Segmenter(SEGMENTER_LOCALES[language], { granularity: 'sentence' });
  const cut = (part: string): number =>
    contender === 'ours' ? sentences(part).length : [...segmenter.segment(part)].length;
  cut(note);
  const startedAt = performance.now();
  cut(text);
  return { speed: text.length / 1000 / (performance.now() - startedAt) };
}

export function measureStretching({ rate }: NarrationTaskOf<'stretching'>): Figures {
  const { samples } = simulateVoice(NOTES.English.slice(0, 1000), 24_000);
  const sound = { samples, sampleRate: 24_000 };
  stretch(sound, rate);
  const startedAt = performance.now();
  stretch(sound, rate);
  return { speed: samples.length / 24 / (performance.now() - startedAt) };
}
