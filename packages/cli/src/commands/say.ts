import { findModel } from '@stepvoice/core/protocol';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { refuseUnspeakable, toSpeakable } from '../input/speakable-text.ts';
import { findText } from '../input/text-source.ts';
import type { Translate } from '../language/translate.ts';
import type { AudioSink, SinkReport } from '../output/audio-sink.ts';
import { openSink } from '../output/open-sink.ts';
import { Playback } from '../output/playback.ts';
import { toSpeechOutput } from '../output/speech-output.ts';
import type { SpeechOutput } from '../output/speech-output.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { loadSettings } from '../settings/load-settings.ts';
import type { SpeechFlags } from '../settings/load-settings.ts';
import { speakPieces, speakWhole } from '../speaking/speak.ts';
import type { SpeakOptions } from '../speaking/speak.ts';
import { Progress, formatKilobytes } from '../terminal/progress.ts';
import type { SpeechSummary } from '../terminal/progress.ts';
import { toVoiceOptions } from './voice-options.ts';
import type { VoiceFlags, VoiceOptions } from './voice-options.ts';

export type SayFlags = SpeechFlags &
  VoiceFlags & {
    text?: string | undefined;
    file?: string | undefined;
    encoding?: string | undefined;
    out?: string | undefined;
    format?: string | undefined;
    force?: boolean | undefined;
    quiet?: boolean | undefined;
  };

/** `stepvoice say`: speaks a text, a file, or standard input as it arrives; plays it or writes it. */
export async function say(
  words: readonly string[],
  flags: SayFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal } = context;
  const notes = new Notes();
  const output = toSpeechOutput(flags, t);
  const settings = await loadSettings(flags, context);
  const voice = toVoiceOptions(flags, settings, notes.add, t);
  const found = await findText({ ...flags, words }, terminal, t);
  const source = await toSpeakable(found, output.format, t);
  if (source.kind === 'whole' && source.note !== undefined) notes.add(source.note);

  const { sampleRate } = voice;
  const force = flags.force === true;
  const options = { output, sampleRate, force, signal, onNote: notes.add };
  const sink = await openSink(options, terminal, t);
  const progress = createProgress(output, sink, voice, flags.quiet === true, context);
  notes.tell((note) => progress.note(note));

  let service: Service | undefined;
  try {
    service = await openService(
      {
        settings,
        local: flags.local === true,
        onEmulator: (asked) => {
          if (!asked) progress.note(t('note.local'));
          progress.wait(t('progress.emulator'));
        },
      },
      context,
    );
    progress.wait(t(source.kind === 'whole' ? 'progress.waiting' : 'progress.listening'));
    const speaking = toSpeakOptions(service, voice, output, sink, progress, context);
    if (source.kind === 'whole') await speakWhole(source.text, speaking);
    else await speakPieces(source.pieces, speaking);
    if (!progress.hasBegun) throw new UsageError(t('error.blank'), t('advice.say'));
    if (!progress.hasSound) throw new CliError(t('error.noSound'), { exitCode: EXIT.failure });
    tellDone(output, await sink.finish(signal), progress, context);
  } catch (error) {
    const { file } = await sink.abandon();
    progress.stop();
    if (file !== undefined) terminal.stderr.write(`${t('note.keptPart', { file })}\n`);
    throw error;
  } finally {
    await service?.close();
  }
}

/** What is to be said on stderr, kept until it is known whether anything is. */
class Notes {
  readonly #waiting: string[] = [];
  #tell: ((note: string) => void) | undefined;

  readonly add = (note: string): void => {
    if (this.#tell === undefined) this.#waiting.push(note);
    else this.#tell(note);
  };

  tell(tell: (note: string) => void): void {
    this.#tell = tell;
    for (const note of this.#waiting.splice(0)) tell(note);
  }
}

function createProgress(
  { format }: SpeechOutput,
  sink: AudioSink,
  { sampleRate }: VoiceOptions,
  quiet: boolean,
  { terminal, t }: CommandContext,
): Progress {
  const isPlain = format === 'pcm' || format === 'wav';
  const heardSeconds = sink instanceof Playback ? () => sink.heardSeconds : undefined;
  const options = { terminal, quiet, sampleRate: isPlain ? sampleRate : undefined, heardSeconds };
  return new Progress(options, t);
}

function toSpeakOptions(
  { client }: Service,
  voice: VoiceOptions,
  { format }: SpeechOutput,
  sink: AudioSink,
  progress: Progress,
  { t, signal }: CommandContext,
): SpeakOptions {
  let wantsDirectivesNote = findModel(voice.model)?.speech?.inlineDirectives === true;
  let leftLength = 0;
  return {
    speech: client.speech,
    voice,
    format,
    sink: {
      isLive: sink.isLive,
      write: (audio) => {
        progress.audio(audio);
        return sink.write(audio);
      },
      room: (either) => sink.room(either),
    },
    onText: (text) => {
      refuseUnspeakable(text, leftLength, t);
      leftLength += text.length;
      progress.started();
      if (!wantsDirectivesNote || !/[(（][^)）]*[)）]/.test(text)) return;
      wantsDirectivesNote = false;
      progress.note(t('note.directives', { model: voice.model }));
    },
    signal,
  };
}

function tellDone(
  { destination }: SpeechOutput,
  { player, file }: SinkReport,
  progress: Progress,
  { terminal, t }: CommandContext,
): void {
  const toPlayer = destination.kind === 'player';
  progress.note(describe(progress.stop(), toPlayer ? { player } : { file }, t));
  // Without a player this file is all there is of the speech: told even where quiet was asked for.
  if (toPlayer && file !== undefined) {
    terminal.stderr.write(`${t('note.keptSound', { file })}\n`);
  }
}

function describe(summary: SpeechSummary, { player, file }: SinkReport, t: Translate): string {
  const { seconds, bytes, firstSoundMs } = summary;
  const parts = [
    seconds === undefined
      ? formatKilobytes(bytes)
      : t('progress.length', { seconds: seconds.toFixed(1) }),
    t('progress.firstSound', { ms: Math.round(firstSoundMs ?? 0) }),
  ];
  if (player !== undefined) parts.push(t('progress.played', { player }));
  if (file !== undefined) parts.push(t('progress.written', { file }));
  return parts.join(t.language === 'zh' ? '，' : ', ');
}
