import { PcmReader } from '@stepvoice/core/audio';
import type { TranscriptionEvent } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { findSoundDecoder } from '../input/decode-sound.ts';
import { findSound, toTranscribable } from '../input/sound-source.ts';
import { openMicrophone } from '../microphone/microphone.ts';
import type { Microphone } from '../microphone/microphone.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { formatClock } from '../terminal/format-time.ts';
import { Keyboard } from '../terminal/keyboard.ts';
import { listenLive } from '../transcript/listen-live.ts';
import type { LiveSound } from '../transcript/listen-live.ts';
import { SilenceWatch } from '../transcript/silence-watch.ts';
import { TranscriptDraft } from '../transcript/transcript-draft.ts';
import type { TranscriptFacts } from '../transcript/transcript-format.ts';
import { TranscriptView } from '../transcript/transcript-view.ts';
import { TranscriptWriter } from '../transcript/transcript-writer.ts';
import type { TranscriptTarget } from '../transcript/transcript-writer.ts';
import { toTranscribeOptions } from './transcribe-options.ts';
import type { TranscribeFlags, TranscribeOptions } from './transcribe-options.ts';

/** What a microphone is asked for: what the service takes. */
const MICROPHONE_RATE = 16_000;
/** A pause that ends a line of the transcript; the service's own samples have it. */
const SEGMENT_SILENCE_MS = 800;
/** How many pieces of a long sound are understood at the same time: the smallest account may have five calls open. */
const CONCURRENT_CALLS = 2;

type Task = {
  options: TranscribeOptions;
  context: CommandContext;
  view: TranscriptView;
  service: Service;
};

/** `stepvoice transcribe`: files, a pipe, or the microphone, as text, JSON or subtitles. */
export async function transcribe(
  sources: readonly string[],
  flags: TranscribeFlags,
  context: CommandContext,
): Promise<void> {
  const { t } = context;
  const options = await toTranscribeOptions(sources, flags, t);
  const settings = await loadSettings(flags, context);
  const view = new TranscriptView(context, { quiet: flags.quiet === true });
  const say = (note: string): void => {
    if (flags.quiet !== true) view.note(note);
  };
  let service: Service | undefined;
  try {
    service = await openService(
      {
        settings,
        local: flags.local === true,
        onEmulator: (asked) => {
          if (!asked) say(t('note.localEar'));
          view.working(t('progress.emulator'));
        },
      },
      context,
    );
    const task = { options, context, view, service };
    for (const [index, target] of options.targets.entries()) {
      const source = sources[index] ?? '';
      if (sources.length > 1 && target.path === undefined) {
        await view.final(`${index === 0 ? '' : '\n'}==> ${source} <==`);
      }
      const file = await transcribeOne(source, target, task);
      if (file !== undefined) say(t('progress.transcribed', { file }));
    }
  } finally {
    view.close();
    await service?.close();
  }
}

/** @returns the file that was written, where it is one. */
async function transcribeOne(
  source: string,
  target: TranscriptTarget,
  task: Task,
): Promise<string | undefined> {
  const { options, context, view } = task;
  const { t } = context;
  const writer = await TranscriptWriter.open(target, view, context);
  const draft = new TranscriptDraft();
  const facts = (complete: boolean): TranscriptFacts => ({
    model: options.model,
    complete,
    usedTokens: draft.usedTokens,
    timestamps: options.timestamps,
  });
  try {
    if (options.isMicrophone) await fromMicrophone(draft, writer, task);
    else if (options.isLive) await fromPipe(source, draft, writer, task);
    else await fromSound(source, draft, writer, task);
    view.close();
    const file = await writer.finish(draft, facts(true));
    if (draft.segments.length === 0) view.note(t('note.nothingHeard'));
    return file;
  } catch (error) {
    view.close();
    const kept = await writer.abandon(draft, facts(false));
    const { stoppedAtMs } = error as { stoppedAtMs?: number };
    if (stoppedAtMs !== undefined && stoppedAtMs > 0) {
      view.note(t('note.heardUntil', { time: formatClock(stoppedAtMs) }));
    }
    if (kept !== undefined) view.note(t('note.keptText', { file: kept }));
    throw error;
  }
}

async function fromSound(
  name: string,
  draft: TranscriptDraft,
  writer: TranscriptWriter,
  { options, context, view, service }: Task,
): Promise<void> {
  const { terminal, t, signal } = context;
  const source = await findSound(name, terminal, t);
  view.working(t('progress.hearing', { file: source.name }));
  const decoder = await findSoundDecoder(terminal, t);
  const sound = await toTranscribable(source, options.raw, decoder, signal, t);
  const stream = service.client.transcription.stream(sound.input, {
    ...sound.options,
    model: options.model,
    language: options.language,
    hotwords: options.hotwords,
    prompt: options.prompt,
    itn: options.itn,
    timestamps: options.timestamps,
    concurrency: CONCURRENT_CALLS,
    signal,
  });
  for await (const event of stream) {
    draft.push(event);
    showEvent(event, source.name, view);
    if (event.type === 'final') await writer.update(draft);
  }
}

function showEvent(event: TranscriptionEvent, name: string, view: TranscriptView): void {
  if (event.type === 'partial') view.partial(event.text);
  else if (event.type === 'progress') view.progress(name, event.audioMs, event.totalMs);
}

/** The microphone, until Ctrl-C, Ctrl-D, a pause, or the end of the recorder. */
async function fromMicrophone(
  draft: TranscriptDraft,
  writer: TranscriptWriter,
  task: Task,
): Promise<void> {
  const { context, view } = task;
  const { t, interruption, terminal } = context;
  view.working(t('progress.connecting'));
  const socket = await connect(MICROPHONE_RATE, task);
  const { device } = task.options;
  let microphone: Microphone | undefined;
  let keyboard: Keyboard | undefined;
  let release: (() => void) | undefined;
  try {
    microphone = await openMicrophone({ sampleRate: MICROPHONE_RATE, device }, context);
    const stop = (): void => {
      view.working(t('progress.lastWords'));
      void microphone?.stop();
    };
    release = interruption.onceInterrupted(stop);
    keyboard = Keyboard.open(terminal, (key) => {
      if (key === 'interrupt') interruption.interrupt();
      else if (key === 'end') stop();
    });
    view.listening(t(keyboard === undefined ? 'hint.stopBySignal' : 'hint.stop'));
    const sound = { sampleRate: MICROPHONE_RATE, samples: microphone };
    await listen(sound, socket, stop, draft, writer, task);
  } finally {
    keyboard?.close();
    release?.();
    await microphone?.stop();
    await socket.return();
  }
}

/** Raw PCM that another program is making at this moment. */
async function fromPipe(
  name: string,
  draft: TranscriptDraft,
  writer: TranscriptWriter,
  task: Task,
): Promise<void> {
  const { context, view, options } = task;
  const { t, terminal } = context;
  const { sampleRate } = options.raw ?? { sampleRate: MICROPHONE_RATE };
  const source = await findSound(name, terminal, t);
  view.working(t('progress.connecting'));
  const socket = await connect(sampleRate, task);
  const pieces = source.bytes instanceof Blob ? source.bytes.stream() : source.bytes;
  const over = new AbortController();
  view.listening(t('hint.pipe'));
  const samples = readRaw(pieces as AsyncIterable<Uint8Array>, over.signal);
  await listen({ sampleRate, samples }, socket, () => over.abort(), draft, writer, task);
}

function connect(sampleRate: number, { options, context, service }: Task) {
  const { model, language, prompt, hotwords, itn, timestamps } = options;
  return service.client.transcription.connect({
    model,
    sampleRate,
    language,
    // The socket knows no hotwords; its prompt is for terms as well.
    prompt: prompt ?? hotwords?.join(', '),
    itn,
    timestamps,
    turnDetection: { silenceDurationMs: SEGMENT_SILENCE_MS },
    signal: context.signal,
  });
}

async function listen(
  sound: LiveSound,
  socket: Awaited<ReturnType<typeof connect>>,
  stop: () => void,
  draft: TranscriptDraft,
  writer: TranscriptWriter,
  { options, view }: Task,
): Promise<void> {
  const { untilSilence } = options;
  const silence =
    untilSilence === undefined ? undefined : new SilenceWatch(untilSilence * 1000, stop);
  await listenLive({ sound, socket, draft, writer, view, silence });
}

async function* readRaw(
  bytes: AsyncIterable<Uint8Array>,
  over: AbortSignal,
): AsyncGenerator<Int16Array, void, void> {
  const reader = new PcmReader();
  for await (const piece of bytes) {
    if (over.aborted) return;
    const samples = reader.push(piece);
    if (samples.length > 0) yield samples;
  }
}
