import { readFile } from 'node:fs/promises';
import type { NarrationCast, NarrationVoice } from '@stepvoice/core/narration';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import { reasonOf } from '../system-error.ts';

/** What a member of a cast may have of its own. */
const FIELDS = ['voice', 'speed', 'volume', 'instruction'] as const;

/**
 * The cast of `--cast`: `Anna=linjiajiejie`, several with commas or several times, or the name of a JSON file that has for
 * each name the id of a voice, or an object with `voice`, `speed`, `volume`, `instruction`.
 *
 * @throws {UsageError} for what cannot be read.
 */
export async function readCast(given: readonly string[], t: Translate): Promise<NarrationCast> {
  const cast: Record<string, Partial<NarrationVoice>> = {};
  for (const value of given) {
    const members = value.includes('=') ? toPairs(value, t) : await readMembers(value, t);
    for (const [name, voice] of members) cast[name] = voice;
  }
  return cast;
}

type Member = readonly [name: string, voice: Partial<NarrationVoice>];

function toPairs(value: string, t: Translate): Member[] {
  return value.split(/[,，]/).map((pair): Member => {
    const at = pair.indexOf('=');
    const [name, voice] = [pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim()];
    if (at < 0 || name === '' || voice === '') {
      throw new UsageError(t('error.cast', { value: pair.trim() }), t('advice.cast'));
    }
    return [name, { voice }];
  });
}

async function readMembers(file: string, t: Translate): Promise<Member[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : reasonOf(error, t);
    throw new UsageError(t('error.castFile', { file, reason }), t('advice.cast'));
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(t('error.castShape', { file }), t('advice.cast'));
  }
  return Object.entries(parsed).map(([name, value]) => [name, toVoice(name, value, file, t)]);
}

function toVoice(
  name: string,
  value: unknown,
  file: string,
  t: Translate,
): Partial<NarrationVoice> {
  if (typeof value === 'string' && value.trim() !== '') return { voice: value.trim() };
  const wrong = (field: string): UsageError =>
    new UsageError(t('error.castMember', { file, field }), t('advice.cast'));
  if (typeof value !== 'object' || value === null) throw wrong(name);
  const voice: Record<string, unknown> = {};
  for (const [field, set] of Object.entries(value)) {
    const known = FIELDS.find((candidate) => candidate === field);
    const type = known === 'speed' || known === 'volume' ? 'number' : 'string';
    if (known === undefined || typeof set !== type) throw wrong(`${name}.${field}`);
    voice[known] = set;
  }
  return voice as Partial<NarrationVoice>;
}
