import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ChatFlags } from '../commands/chat-options.ts';
import {
  DEFAULT_CHAT_MODEL,
  DEFAULT_SPEAKING_MODEL,
  DEFAULT_TALK_MODEL,
  DEFAULT_TRANSCRIPTION_MODEL,
} from '../commands/default-models.ts';
import type { TalkFlags } from '../commands/talk-options.ts';
import type { TranscribeFlags } from '../commands/transcribe-options.ts';
import { DEFAULT_VOICE } from '../commands/voice-options.ts';
import { addEndpoint } from './endpoint-options.ts';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function addTranscribe(program: Command, context: CommandContext): void {
  const { t } = context;
  const command = program
    .command('transcribe')
    .description(t('help.transcribe'))
    .argument('<sound...>', t('help.transcribe.sound'))
    .option('-o, --out <file>', t('help.transcribe.out'))
    .option('--format <name>', t('help.transcribe.format'))
    .option('--force', t('help.force'))
    .option('--language <code>', t('help.transcribe.language'))
    .option('--hotwords <words>', t('help.transcribe.hotwords'), collect)
    .option('--prompt <text>', t('help.transcribe.prompt'))
    .option('--no-itn', t('help.transcribe.itn'))
    .option('--timestamps', t('help.transcribe.timestamps'))
    .option('--model <id>', t('help.transcribe.model', { model: DEFAULT_TRANSCRIPTION_MODEL }))
    .option('--rate <hz>', t('help.transcribe.rate'))
    .option('--channels <1|2>', t('help.transcribe.channels'))
    .option('--live', t('help.transcribe.live'))
    .option('--until-silence [seconds]', t('help.transcribe.silence'))
    .option('--microphone <device>', t('help.microphone'));
  addEndpoint(command, t)
    .option('-q, --quiet', t('help.quiet'))
    .action(async (sources: string[], flags: TranscribeFlags) => {
      const { transcribe } = await import('../commands/transcribe.ts');
      await transcribe(sources, flags, context);
    });
}

export function addTalk(program: Command, context: CommandContext): void {
  const { t } = context;
  const command = program
    .command('talk')
    .description(t('help.talk'))
    .option('--voice <id>', t('help.say.voice', { voice: DEFAULT_VOICE }))
    .option('--model <id>', t('help.talk.model', { model: DEFAULT_TALK_MODEL }))
    .option('--instructions <text>', t('help.talk.instructions'))
    .option('--tool <name>', t('help.talk.tool'), collect)
    .option('--push-to-talk', t('help.talk.pushToTalk'))
    .option('--headphones', t('help.talk.headphones'))
    .option('--text', t('help.talk.text'))
    .option('--in <file>', t('help.talk.in'), collect)
    .option('--fast', t('help.talk.fast'))
    .option('-o, --out <file>', t('help.talk.out'))
    .option('--force', t('help.force'))
    .option('--microphone <device>', t('help.microphone'));
  addEndpoint(command, t)
    .option('--json', t('help.json'))
    .option('-q, --quiet', t('help.quiet'))
    .action(async (flags: TalkFlags) => {
      const { talk } = await import('../commands/talk.ts');
      await talk(flags, context);
    });
}

export function addChat(program: Command, context: CommandContext): void {
  const { t } = context;
  const command = program
    .command('chat')
    .description(t('help.chat'))
    .argument('[question...]', t('help.chat.question'))
    .option(
      '--model <id>',
      t('help.chat.model', { model: DEFAULT_CHAT_MODEL, speaking: DEFAULT_SPEAKING_MODEL }),
    )
    .option('--system <text>', t('help.chat.system'))
    .option('--audio <file>', t('help.chat.audio'), collect)
    .option('--speak', t('help.chat.speak'))
    .option('--voice <id>', t('help.say.voice', { voice: DEFAULT_VOICE }))
    .option('-o, --out <file>', t('help.chat.out'))
    .option('--force', t('help.force'))
    .option('--temperature <x>', t('help.chat.temperature'))
    .option('--max-tokens <n>', t('help.chat.maxTokens'));
  addEndpoint(command, t)
    .option('--json', t('help.json'))
    .option('-q, --quiet', t('help.quiet'))
    .action(async (words: string[], flags: ChatFlags) => {
      const { chat } = await import('../commands/chat.ts');
      await chat(words, flags, context);
    });
}
