import { findModel, modelsServing } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import { toSpeechOutput } from '../output/speech-output.ts';
import type { SpeechOutput } from '../output/speech-output.ts';
import type { SpeechFlags } from '../settings/load-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { DEFAULT_CHAT_MODEL, DEFAULT_SPEAKING_MODEL } from './default-models.ts';
import { toModelId, toNumber, toWholeNumber } from './option-values.ts';
import { DEFAULT_VOICE } from './voice-options.ts';

export type ChatFlags = SpeechFlags & {
  system?: string | undefined;
  audio?: readonly string[] | undefined;
  speak?: boolean | undefined;
  out?: string | undefined;
  force?: boolean | undefined;
  temperature?: string | undefined;
  maxTokens?: string | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
};

export type ChatCommandOptions = {
  model: string;
  system: string | undefined;
  temperature: number | undefined;
  maxTokens: number | undefined;
  /** Where the answer sounds, where it does. */
  speech: { voice: string; output: SpeechOutput; force: boolean } | undefined;
  json: boolean;
  quiet: boolean;
};

const MOST_TOKENS = 1_000_000;

/** @throws {UsageError} for what cannot be together, and for a model that cannot do what is asked. */
export function toChatCommandOptions(
  flags: ChatFlags,
  settings: Settings,
  t: Translate,
): ChatCommandOptions {
  const speaks = flags.speak === true || flags.out !== undefined;
  const output = speaks ? toSpeechOutput({ out: flags.out }, t) : undefined;
  if (output !== undefined && output.format !== 'pcm' && output.format !== 'wav') {
    throw new UsageError(
      t('error.replyFormat', { format: output.format }),
      t('advice.replyFormat'),
    );
  }
  const standard = speaks ? DEFAULT_SPEAKING_MODEL : DEFAULT_CHAT_MODEL;
  const model = toModelId(flags.model, 'chat', standard, t);
  if (speaks && findModel(model)?.chat?.audioOutput === false) {
    const choices = modelsServing('chat').filter((id) => findModel(id)?.chat?.audioOutput === true);
    throw new UsageError(t('error.mute', { model, choices: choices.join(', ') }));
  }
  if (output?.destination.kind === 'stdout' && flags.json === true) {
    throw new UsageError(t('error.together', { one: '--out -', other: '--json' }));
  }
  return {
    model,
    system: flags.system,
    temperature:
      flags.temperature === undefined
        ? undefined
        : toNumber('--temperature', flags.temperature, [0, 2], t),
    maxTokens:
      flags.maxTokens === undefined
        ? undefined
        : toWholeNumber('--max-tokens', flags.maxTokens, [1, MOST_TOKENS], t),
    speech:
      output === undefined
        ? undefined
        : {
            voice: settings.voice?.value ?? DEFAULT_VOICE,
            output,
            force: flags.force === true,
          },
    json: flags.json === true,
    quiet: flags.quiet === true,
  };
}
