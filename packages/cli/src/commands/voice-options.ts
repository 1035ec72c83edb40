import {
  EMOTIONS,
  LANGUAGES,
  SPEECH_SAMPLE_RATES,
  SPEED_RANGE,
  STYLES,
  VOLUME_RANGE,
  characterCount,
  findModel,
  fromWireLabel,
  modelsServing,
} from '@stepvoice/core/protocol';
import type { SpeechSampleRate } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import type { Setting } from '../settings/settings.ts';
import { toNumber } from './option-values.ts';

/** At both hosts and on every model whose voices are listed. */
export const DEFAULT_VOICE = 'livelybreezy-female';
/** Served at both hosts, under both plans and over every transport. */
export const DEFAULT_MODEL = 'stepaudio-2.5-tts';
/** The best of the models that take labels. */
const LABEL_MODEL = 'step-tts-2';
const DEFAULT_RATE = 24_000;

/** What the command line says about the voice, as the user wrote it. */
export type VoiceFlags = {
  rate?: string | undefined;
  speed?: string | undefined;
  volume?: string | undefined;
  instruction?: string | undefined;
  emotion?: string | undefined;
  style?: string | undefined;
  language?: string | undefined;
};

export type VoiceOptions = {
  voice: string;
  model: string;
  sampleRate: SpeechSampleRate;
  speed?: number;
  volume?: number;
  instruction?: string;
  label?: { emotion?: string; style?: string; language?: string };
};

const LABELS = { emotion: EMOTIONS, style: STYLES, language: LANGUAGES } as const;
const LABEL_KINDS = ['emotion', 'style', 'language'] as const;
type LabelKind = (typeof LABEL_KINDS)[number];

/**
 * Reads the options of the voice. A label without a model takes a model that knows labels, which `onNote` is told.
 *
 * @throws {UsageError} for what the service would refuse, before anything is sent.
 */
export function toVoiceOptions(
  flags: VoiceFlags,
  settings: { voice: Setting | undefined; model: Setting | undefined },
  onNote: (note: string) => void,
  t: Translate,
): VoiceOptions {
  const label = toLabel(flags, t);
  const model = toModel(settings.model, label?.kind, onNote, t);
  if (label !== undefined) checkLabel(label, model, t);
  if (flags.instruction !== undefined) checkInstruction(flags.instruction, model, t);
  return {
    voice: settings.voice?.value ?? DEFAULT_VOICE,
    model,
    sampleRate: toRate(flags.rate, t),
    ...(flags.speed === undefined
      ? {}
      : { speed: toNumber('--speed', flags.speed, SPEED_RANGE, t) }),
    ...(flags.volume === undefined
      ? {}
      : { volume: toNumber('--volume', flags.volume, VOLUME_RANGE, t) }),
    ...(flags.instruction === undefined ? {} : { instruction: flags.instruction }),
    ...(label === undefined ? {} : { label: { [label.kind]: label.name } }),
  };
}

function toModel(
  setting: Setting | undefined,
  label: LabelKind | undefined,
  onNote: (note: string) => void,
  t: Translate,
): string {
  if (setting === undefined) {
    if (label === undefined) return DEFAULT_MODEL;
    onNote(t('note.labelModel', { label: `--${label}`, model: LABEL_MODEL }));
    return LABEL_MODEL;
  }
  const known = findModel(setting.value);
  if (known !== undefined && known.speech === undefined) {
    const choices = modelsServing('speech').join(', ');
    const { label: origin, value } = setting;
    throw new UsageError(t('error.notSpeechModel', { label: origin, model: value, choices }));
  }
  return setting.value;
}

function toLabel(flags: VoiceFlags, t: Translate): { kind: LabelKind; name: string } | undefined {
  const given = LABEL_KINDS.filter((kind) => flags[kind] !== undefined);
  if (given.length > 1) throw new UsageError(t('error.severalLabels'));
  const [kind] = given;
  if (kind === undefined) return undefined;
  const value = flags[kind] ?? '';
  const name = fromWireLabel(kind, value) ?? value.toLowerCase().replaceAll(/[ _]/g, '-');
  const names = Object.keys(LABELS[kind]);
  if (!names.includes(name)) {
    throw new UsageError(
      t('error.choice', { label: `--${kind}`, value, choices: names.join(', ') }),
    );
  }
  return { kind, name };
}

function checkLabel(label: { kind: LabelKind; name: string }, model: string, t: Translate): void {
  const speech = findModel(model)?.speech;
  if (speech === undefined) return;
  if (speech.labels === undefined) {
    throw new UsageError(
      t('error.noLabel', { model, label: `--${label.kind}` }),
      t('advice.label'),
    );
  }
  const { emotions, styles, languages } = speech.labels;
  const names: readonly string[] = { emotion: emotions, style: styles, language: languages }[
    label.kind
  ];
  if (names.includes(label.name)) return;
  const choices = names.join(', ');
  throw new UsageError(
    t('error.choice', { label: `--${label.kind} (${model})`, value: label.name, choices }),
  );
}

function checkInstruction(instruction: string, model: string, t: Translate): void {
  const limit = findModel(model)?.speech?.instructionLimit;
  if (limit === 0) {
    throw new UsageError(t('error.noInstruction', { model }), t('advice.instruction'));
  }
  const length = characterCount(instruction);
  if (limit !== undefined && length > limit) {
    throw new UsageError(t('error.instructionTooLong', { length, model, limit }));
  }
}

function toRate(value: string | undefined, t: Translate): SpeechSampleRate {
  if (value === undefined) return DEFAULT_RATE;
  const rate = SPEECH_SAMPLE_RATES.find((known) => known === Number(value));
  if (rate !== undefined) return rate;
  const choices = SPEECH_SAMPLE_RATES.join(', ');
  throw new UsageError(t('error.rate', { label: '--rate', choices }));
}
