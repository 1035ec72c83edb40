import { ValidationError } from '../errors.ts';
import { compileInstruction } from './directions/instruction.ts';
import { compileLabel } from './directions/label.ts';
import { compileTags } from './directions/tags.ts';

/** How something is to be spoken, said once for every kind of voice. */
export type Direction = {
  readonly emotion?: DirectedEmotion | undefined;
  /** A style of the voice (`gentle`, `serious`, `shouting` …); where the voice takes an instruction also words of your own. */
  readonly style?: string | undefined;
  /** A language or dialect: `cantonese`, `sichuanese`, `japanese` … */
  readonly dialect?: string | undefined;
  readonly speed?: DirectedSpeed | undefined;
  readonly performance?: 'rap' | 'humming' | undefined;
};

export type DirectedEmotion = {
  /** `happy`, `sad`, `angry` …; where the voice takes an instruction also a word of your own. */
  readonly name: string;
  /** From 1 (slightly) over 3 (plainly) to 5 (extremely); default is what the voice does by itself. */
  readonly level?: 1 | 2 | 3 | 4 | 5 | undefined;
};

export type DirectedSpeed = 'very-slow' | 'slow' | 'fast' | 'very-fast';

/** What a voice can be directed by; the row of its model is handed in. */
export type DirectionBackEnd =
  | {
      /** One label of one kind for the whole request. */
      readonly kind: 'labels';
      readonly emotions: readonly string[];
      readonly styles: readonly string[];
      readonly languages: readonly string[];
    }
  | {
      /** A sentence beside the text, of at most `limit` characters (code points). */
      readonly kind: 'instruction';
      readonly limit: number;
    }
  /** Tags in parentheses at the start of the text, as the open weights of Step-Audio-TTS-3B take them. */
  | { readonly kind: 'tts-3b' };

export type CompiledLabel =
  | { readonly emotion: string }
  | { readonly style: string }
  | { readonly language: string };

/** Empty where nothing was directed. */
export type CompiledDirection = {
  readonly label?: CompiledLabel;
  readonly instruction?: string;
  /** Stands before the text, without a space between. */
  readonly tags?: string;
};

/**
 * Says a direction in the way that a voice understands.
 *
 * @param options `language`: BCP 47 of the text; an instruction for a Chinese text is Chinese, any other English.
 * @throws {ValidationError} for what the back end cannot do, with what it can.
 */
export function compileDirection(
  direction: Direction,
  backEnd: DirectionBackEnd,
  options: { language?: string | undefined } = {},
): CompiledDirection {
  checkDirection(direction);
  switch (backEnd.kind) {
    case 'labels':
      return compileLabel(direction, backEnd);
    case 'instruction':
      return compileInstruction(direction, backEnd.limit, options.language);
    case 'tts-3b':
      return compileTags(direction);
    default:
      throw new ValidationError('There is no such way to direct a voice.', {
        path: 'backEnd.kind',
        value: (backEnd as { kind: unknown }).kind,
        allowed: 'labels, instruction or tts-3b',
      });
  }
}

const SPEEDS: readonly string[] = ['very-slow', 'slow', 'fast', 'very-fast'];
const PERFORMANCES: readonly string[] = ['rap', 'humming'];

function checkDirection({ emotion, style, dialect, speed, performance }: Direction): void {
  if (emotion !== undefined) {
    checkWord('direction.emotion.name', emotion.name);
    const { level } = emotion;
    if (level !== undefined && !(Number.isInteger(level) && level >= 1 && level <= 5)) {
      throw new ValidationError('An emotion has a level from 1 to 5.', {
        path: 'direction.emotion.level',
        value: level,
        allowed: 'an integer from 1 to 5',
      });
    }
  }
  if (style !== undefined) checkWord('direction.style', style);
  if (dialect !== undefined) checkWord('direction.dialect', dialect);
  checkChoice('direction.speed', speed, SPEEDS);
  checkChoice('direction.performance', performance, PERFORMANCES);
}

/** A word that comes from outside must not end the sentence, or the tag, that it is put into. */
function checkWord(path: string, word: unknown): void {
  if (typeof word === 'string' && word.trim() !== '' && !/[()（）\p{C}]/u.test(word)) return;
  throw new ValidationError(`${path} is not a word that a voice could be directed by.`, {
    path,
    value: typeof word === 'string' ? { length: word.length } : word,
    allowed: 'words without parentheses and control characters',
  });
}

function checkChoice(path: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new ValidationError(`${path} cannot be ${JSON.stringify(value)}.`, {
    path,
    value,
    allowed: `one of ${allowed.join(', ')}`,
  });
}
