import { sniffContainer } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';
import type { ChatMessage, ChatPart } from '@stepvoice/core/node';
import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { CHAT_RATE, answerTurn, createTurn } from '../conversation/chat-turn.ts';
import type { ChatTurn } from '../conversation/chat-turn.ts';
import { readSpokenFile } from '../conversation/spoken-file.ts';
import { EXIT } from '../exit-code.ts';
import { findSound } from '../input/sound-source.ts';
import { TextReader } from '../input/decode-text.ts';
import type { AudioSink } from '../output/audio-sink.ts';
import { openSink } from '../output/open-sink.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { LinePrompt } from '../terminal/line-prompt.ts';
import { print } from '../terminal/terminal.ts';
import { toChatCommandOptions } from './chat-options.ts';
import type { ChatCommandOptions, ChatFlags } from './chat-options.ts';

/** `stepvoice chat`: one question from arguments, a pipe or a sound; on a terminal without any, a conversation. */
export async function chat(
  words: readonly string[],
  flags: ChatFlags,
  context: CommandContext,
): Promise<void> {
  const { terminal, t } = context;
  const settings = await loadSettings(flags, context);
  const options = toChatCommandOptions(flags, settings, t);
  const question = await readQuestion(words, flags, context);
  if (question === undefined && (options.json || flags.out !== undefined)) {
    const one = options.json ? '--json' : '--out';
    throw new UsageError(t('error.oneQuestion', { option: one }));
  }
  const sounds: Sound[] = [];
  for (const name of flags.audio ?? []) sounds.push(await readSound(name, context));
  const service = await openService(
    {
      settings,
      local: flags.local === true,
      onEmulator: (asked) => {
        if (!asked && !options.quiet) terminal.stderr.write(`${t('note.localChat')}\n`);
      },
    },
    context,
  );
  try {
    const chatting = new Chatting(options, service, context);
    if (question !== undefined) await chatting.ask(toParts(question, sounds));
    else await chatting.talk(sounds);
  } finally {
    await service.close();
  }
}

type Sound = Uint8Array | Pcm;

/** A conversation, its history, and where its answers go. */
class Chatting {
  readonly #options: ChatCommandOptions;
  readonly #service: Service;
  readonly #context: CommandContext;
  readonly #messages: ChatMessage[];

  constructor(options: ChatCommandOptions, service: Service, context: CommandContext) {
    this.#options = options;
    this.#service = service;
    this.#context = context;
    const { system } = options;
    this.#messages = system === undefined ? [] : [{ role: 'system', content: system }];
  }

  /** One question, one answer. */
  async ask(content: string | ChatPart[]): Promise<void> {
    const { json, model } = this.#options;
    const { terminal, t } = this.#context;
    const turn = createTurn();
    try {
      const file = await this.#answer(turn, content, this.#context.signal);
      if (turn.text === '' && turn.samples === 0) {
        throw new CliError(t('error.noAnswer'), { exitCode: EXIT.failure });
      }
      if (json) await print(terminal, toJson(turn, model, file), t);
    } catch (error) {
      if (json && turn.text !== '') await print(terminal, toJson(turn, model, undefined), t);
      throw error;
    }
    if (turn.finishReason === 'length' && !this.#options.quiet) {
      terminal.stderr.write(`${t('note.cutAnswer')}\n`);
    }
  }

  /** Questions as they are typed, until Ctrl-D. Ctrl-C ends an answer, and without one the conversation. */
  async talk(sounds: readonly Sound[]): Promise<void> {
    const { terminal, t, signal, interruption } = this.#context;
    if (!this.#options.quiet) terminal.stderr.write(`${t('chat.hint')}\n`);
    const prompt = new LinePrompt(terminal, t('talk.prompt'));
    let waiting = sounds;
    try {
      for (;;) {
        const line = await prompt.next(signal);
        if (line === undefined) return;
        if (line.trim() === '') continue;
        const stop = new AbortController();
        const release = interruption.onceInterrupted(() => stop.abort());
        try {
          const content = toParts(line, waiting);
          waiting = [];
          await this.#answer(createTurn(), content, AbortSignal.any([signal, stop.signal]));
        } catch (error) {
          if (!stop.signal.aborted || signal.aborted) throw error;
          terminal.stderr.write(`${t('chat.stopped')}\n`);
        } finally {
          release();
        }
      }
    } finally {
      prompt.close();
    }
  }

  /** @returns the file with the sound, where it is one. */
  async #answer(
    turn: ChatTurn,
    content: string | ChatPart[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { model, temperature, maxTokens, speech, json } = this.#options;
    const { terminal, t } = this.#context;
    const showsText = !json && speech?.output.destination.kind !== 'stdout';
    this.#messages.push({ role: 'user', content });
    const sink = await this.#openSink(signal);
    try {
      await answerTurn(turn, {
        chat: this.#service.client.chat,
        request: {
          model,
          temperature,
          maxTokens,
          audio: speech === undefined ? undefined : { voice: speech.voice },
        },
        messages: this.#messages,
        onText: async (delta) => {
          if (showsText) await print(terminal, delta, t);
        },
        sink,
        signal,
      });
      this.#messages.push({ role: 'assistant', content: turn.text });
      await this.#endLine(turn, showsText);
      return (await sink?.finish(signal))?.file;
    } catch (error) {
      // A question without an answer is no part of the history.
      if (turn.text === '') this.#messages.pop();
      else this.#messages.push({ role: 'assistant', content: turn.text });
      await this.#endLine(turn, showsText).catch(() => {});
      const kept = await sink?.abandon();
      if (kept?.file !== undefined) {
        terminal.stderr.write(`${t('note.keptPart', { file: kept.file })}\n`);
      }
      throw error;
    }
  }

  async #endLine({ text }: ChatTurn, showsText: boolean): Promise<void> {
    const { terminal, t } = this.#context;
    if (showsText && text !== '' && !text.endsWith('\n')) await print(terminal, '\n', t);
  }

  async #openSink(signal: AbortSignal): Promise<AudioSink | undefined> {
    const { speech, quiet } = this.#options;
    if (speech === undefined) return undefined;
    const { terminal, t } = this.#context;
    const { output, force } = speech;
    const onNote = (note: string): void => {
      if (!quiet) terminal.stderr.write(`${note}\n`);
    };
    return openSink({ output, sampleRate: CHAT_RATE, force, signal, onNote }, terminal, t);
  }
}

/** @returns `undefined` where nothing is asked yet, and somebody can be asked for it. */
async function readQuestion(
  words: readonly string[],
  { audio = [] }: ChatFlags,
  { terminal, t }: CommandContext,
): Promise<string | undefined> {
  const given = words.join(' ').trim();
  const isDash = given === '-';
  if (given !== '' && !isDash) return given;
  if (terminal.stdin.isTTY && !isDash) return audio.length > 0 ? '' : undefined;
  if (audio.includes('-')) return '';
  const reader = new TextReader(t('label.standardInput'), undefined, t);
  let text = '';
  for await (const bytes of terminal.stdin as AsyncIterable<Uint8Array>) text += reader.push(bytes);
  text = (text + reader.flush()).trim();
  if (text === '' && audio.length === 0) throw new UsageError(t('error.blank'), t('advice.chat'));
  return text;
}

/** WAV and MP3 go as they are; `step-1o-audio` takes MP3 alone, and says so. */
async function readSound(name: string, context: CommandContext): Promise<Sound> {
  const source = await findSound(name, context.terminal, context.t);
  if (source.bytes instanceof Blob) {
    const bytes = new Uint8Array(await source.bytes.arrayBuffer());
    const container = sniffContainer(bytes);
    if (container === 'wav' || container === 'mp3') return bytes;
  }
  return readSpokenFile(name, context);
}

function toParts(text: string, sounds: readonly Sound[]): string | ChatPart[] {
  if (sounds.length === 0) return text;
  const parts: ChatPart[] = sounds.map((audio) => ({ type: 'audio', audio }));
  if (text !== '') parts.push({ type: 'text', text });
  return parts;
}

function toJson(turn: ChatTurn, model: string, file: string | undefined): string {
  const { text, reasoning, finishReason, usage, requestId, samples } = turn;
  const answer = {
    text,
    reasoning: reasoning === '' ? null : reasoning,
    audio: samples === 0 ? null : { seconds: samples / CHAT_RATE, file: file ?? null },
    finishReason: finishReason ?? null,
    model,
    usage: usage ?? null,
    requestId: requestId ?? null,
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}
