import { findModel, modelsServing } from '@stepvoice/core/protocol';
import type { RealtimeTool } from '@stepvoice/core/node';
import { UsageError } from '../cli-error.ts';
import { toTools } from '../conversation/demo-tools.ts';
import type { Translate } from '../language/translate.ts';
import { toSpeechOutput } from '../output/speech-output.ts';
import type { SpeechOutput } from '../output/speech-output.ts';
import type { SpeechFlags } from '../settings/load-settings.ts';
import type { Settings } from '../settings/settings.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { DEFAULT_TALK_MODEL } from './default-models.ts';
import { toModelId } from './option-values.ts';
import { DEFAULT_VOICE } from './voice-options.ts';

export type TalkFlags = SpeechFlags & {
  instructions?: string | undefined;
  tool?: readonly string[] | undefined;
  in?: readonly string[] | undefined;
  out?: string | undefined;
  force?: boolean | undefined;
  fast?: boolean | undefined;
  text?: boolean | undefined;
  pushToTalk?: boolean | undefined;
  headphones?: boolean | undefined;
  microphone?: string | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
};

export type TalkOptions = {
  model: string;
  voice: string;
  instructions: string | undefined;
  tools: readonly RealtimeTool[];
  /** How the user's side comes. */
  input: 'microphone' | 'typed' | 'files';
  /** Who says where a turn ends: the service, which hears it, or this program. */
  turns: 'heard' | 'told';
  /** Whether a file takes the time it takes to be spoken. */
  isRealTime: boolean;
  output: SpeechOutput;
  /** Whether a file that is there may be replaced. */
  force: boolean;
  /** No echo, so that one can speak into a reply. */
  headphones: boolean;
  /** As the recorder names it. */
  device: string | undefined;
  json: boolean;
  quiet: boolean;
};

/** @throws {UsageError} for what cannot be together. */
export function toTalkOptions(
  flags: TalkFlags,
  settings: Settings,
  { stdin }: Terminal,
  t: Translate,
): TalkOptions {
  const files = flags.in ?? [];
  const byHand = flags.pushToTalk === true;
  if (flags.text === true && (files.length > 0 || byHand)) {
    throw new UsageError(t('error.together', { one: '--text', other: '--in, --push-to-talk' }));
  }
  if (flags.fast === true && files.length === 0) {
    throw new UsageError(t('error.needs', { option: '--fast', needed: '--in' }));
  }
  const input = files.length > 0 ? 'files' : flags.text === true ? 'typed' : 'microphone';
  if (input === 'microphone' && byHand && !stdin.isTTY) {
    throw new UsageError(t('error.pushToTalk'), t('advice.pushToTalk'));
  }
  const output = toSpeechOutput({ out: flags.out }, t);
  if (output.format !== 'pcm' && output.format !== 'wav') {
    throw new UsageError(
      t('error.replyFormat', { format: output.format }),
      t('advice.replyFormat'),
    );
  }
  if (output.destination.kind === 'stdout' && flags.json === true) {
    throw new UsageError(t('error.together', { one: '--out -', other: '--json' }));
  }
  const model = toModelId(flags.model, 'realtime', DEFAULT_TALK_MODEL, t);
  const tools = toTools(flags.tool, t);
  if (tools.length > 0 && findModel(model)?.realtime?.tools === false) {
    const choices = modelsServing('realtime').filter(
      (id) => findModel(id)?.realtime?.tools === true,
    );
    throw new UsageError(t('error.noTools', { model, choices: choices.join(', ') }));
  }
  const isTold = input === 'typed' || byHand || flags.fast === true;
  return {
    model,
    voice: settings.voice?.value ?? DEFAULT_VOICE,
    instructions: flags.instructions,
    tools,
    input,
    turns: isTold ? 'told' : 'heard',
    isRealTime: flags.fast !== true,
    output,
    force: flags.force === true,
    headphones: flags.headphones === true,
    device: flags.microphone,
    json: flags.json === true,
    quiet: flags.quiet === true,
  };
}
