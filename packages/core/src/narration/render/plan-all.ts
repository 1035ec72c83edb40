import { ValidationError } from '../../errors.ts';
import { systemClock } from '../../net/clock.ts';
import { surveyNarration } from './narration-survey.ts';
import type { EstimateOptions, NarrationSurvey, RenderChapter } from './narration-survey.ts';
import type { RenderOptions } from './render-options.ts';

/** So long nothing else in the program moves while a text is planned. */
const LONGEST_STEP_MS = 20;

/**
 * Goes through all of a source, in steps.
 *
 * @throws {ValidationError} where there is nothing to speak, or more than `maxCharacters`, and `signal.reason`.
 */
export async function planAll(
  chapters: readonly RenderChapter[],
  options: EstimateOptions & Pick<RenderOptions, 'maxCharacters' | 'signal'>,
): Promise<NarrationSurvey> {
  const { maxCharacters = Infinity, signal } = options;
  const steps = surveyNarration(chapters, options);
  let pauseAt = systemClock.now() + LONGEST_STEP_MS;
  for (;;) {
    const next = steps.next();
    if (next.done === true) {
      const { utterances, characters } = next.value.estimate;
      if (utterances === 0) throw nothingToSpeak(chapters);
      if (characters > maxCharacters) throw tooMuch(characters, maxCharacters);
      return next.value;
    }
    if (systemClock.now() < pauseAt) continue;
    await new Promise<void>((resolve) => void systemClock.after(0, resolve));
    signal?.throwIfAborted();
    pauseAt = systemClock.now() + LONGEST_STEP_MS;
  }
}

function nothingToSpeak(chapters: readonly RenderChapter[]): ValidationError {
  const allowed = 'a text with something to speak';
  return new ValidationError(`There is nothing to speak in the source; it must be ${allowed}.`, {
    path: 'source',
    value: chapters.reduce((length, { source }) => length + source.text.length, 0),
    allowed,
  });
}

function tooMuch(characters: number, maxCharacters: number): ValidationError {
  const allowed = `at most ${maxCharacters} characters`;
  return new ValidationError(
    `The source has ${characters} characters to speak; maxCharacters allows ${maxCharacters}.`,
    { path: 'maxCharacters', value: characters, allowed },
  );
}
