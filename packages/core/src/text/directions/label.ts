import { ValidationError } from '../../errors.ts';
import type {
  CompiledDirection,
  CompiledLabel,
  Direction,
  DirectionBackEnd,
} from '../directions.ts';

/** A label says one thing: one emotion, one style or one language. */
export function compileLabel(
  { emotion, style, dialect, speed, performance }: Direction,
  row: DirectionBackEnd & { kind: 'labels' },
): CompiledDirection {
  if (performance !== undefined) {
    throw new ValidationError(`A voice label cannot ask for a performance.`, {
      path: 'direction.performance',
      value: performance,
      allowed: 'no performance with this voice',
      instead: 'a model that takes an instruction, or Step-Audio-TTS-3B',
    });
  }
  const given = Object.entries({ emotion, style, dialect, speed }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    throw new ValidationError('A voice label holds one thing at a time.', {
      path: 'direction',
      value: given.map(([name]) => name),
      allowed: 'one of emotion, style, dialect and speed',
      instead: 'a model that takes an instruction, or the speed of the request',
    });
  }
  const label = compiledLabel({ emotion, style, dialect, speed }, row);
  return label === undefined ? {} : { label };
}

function compiledLabel(
  { emotion, style, dialect, speed }: Direction,
  row: DirectionBackEnd & { kind: 'labels' },
): CompiledLabel | undefined {
  if (emotion !== undefined) return { emotion: emotionLabel(emotion, row.emotions) };
  if (style !== undefined) return { style: choose('direction.style', style, row.styles) };
  if (dialect !== undefined)
    return { language: choose('direction.dialect', dialect, row.languages) };
  if (speed !== undefined) return { style: choose('direction.speed', speed, row.styles) };
  return undefined;
}

/** Labels have two strengths of some emotions, and one of the others. */
function emotionLabel(
  { name, level = 3 }: NonNullable<Direction['emotion']>,
  emotions: readonly string[],
): string {
  const plain = choose('direction.emotion.name', name, emotions);
  if (level === 3) return plain;
  const strong = plain.startsWith('very-') ? plain : `very-${plain}`;
  const hasStrong = emotions.includes(strong);
  if (level > 3 && hasStrong) return strong;
  throw new ValidationError(`A voice label has no such level of ${JSON.stringify(plain)}.`, {
    path: 'direction.emotion.level',
    value: level,
    allowed: hasStrong ? '3, 4 or 5' : '3, or no level',
    instead: 'a model that takes an instruction',
  });
}

function choose(path: string, value: string, choices: readonly string[]): string {
  const wanted = value.trim().toLowerCase();
  const choice = choices.find((name) => name.toLowerCase() === wanted);
  if (choice !== undefined) return choice;
  throw new ValidationError(`The voice has no label for ${path}.`, {
    path,
    value,
    allowed: choices.length === 0 ? 'none with this voice' : `one of ${choices.join(', ')}`,
    instead: 'a model that takes an instruction',
  });
}
