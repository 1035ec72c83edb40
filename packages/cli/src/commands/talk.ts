import type { Pcm } from '@stepvoice/core/audio';
import type { RealtimeSession } from '@stepvoice/core/node';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { Conversation } from '../conversation/conversation.ts';
import { ConversationLog } from '../conversation/conversation-log.ts';
import { EchoGate } from '../conversation/echo-gate.ts';
import { LiveTalk } from '../conversation/live-talk.ts';
import { toLogJson } from '../conversation/log-json.ts';
import { openReplyOutput } from '../conversation/open-reply-output.ts';
import type { ReplyOutput } from '../conversation/reply-output.ts';
import { speakInRealTime, speakTurns } from '../conversation/scripted-talk.ts';
import { readSpokenFile } from '../conversation/spoken-file.ts';
import { TALK_RATE } from '../conversation/talk-session.ts';
import { TalkView } from '../conversation/talk-view.ts';
import { talkByTyping } from '../conversation/typed-talk.ts';
import { EXIT } from '../exit-code.ts';
import { openMicrophone } from '../microphone/microphone.ts';
import { openService } from '../service/service.ts';
import type { Service } from '../service/service.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { print } from '../terminal/terminal.ts';
import { toTalkOptions } from './talk-options.ts';
import type { TalkFlags, TalkOptions } from './talk-options.ts';

/** The service's own 100 ms ends a turn at every breath. */
const END_OF_TURN_MS = 500;
/** How long is waited for what the user said last, which the service may tell late, or never. */
const LAST_WORDS_MS = 1500;

/** `stepvoice talk`: a spoken conversation, at the microphone, by typing, or with files. */
export async function talk(flags: TalkFlags, context: CommandContext): Promise<void> {
  const { terminal, t } = context;
  const settings = await loadSettings(flags, context);
  const options = toTalkOptions(flags, settings, terminal, t);
  const turns: Pcm[] = [];
  for (const name of flags.in ?? []) turns.push(await readSpokenFile(name, context));
  const say = (note: string): void => {
    if (!options.quiet) terminal.stderr.write(`${note}\n`);
  };
  let onNote = say;
  const output = await openReplyOutput({ ...options, onNote: (note) => onNote(note) }, context);
  let service: Service | undefined;
  let isComplete = false;
  try {
    service = await openService(
      {
        settings,
        local: flags.local === true,
        onEmulator: (asked) => {
          if (!asked) say(t('note.localTalk'));
        },
      },
      context,
    );
    const talking = new Talking({ options, turns, output }, context);
    onNote = (note) => talking.note(note);
    await talking.run(service);
    isComplete = true;
  } finally {
    onNote = say;
    const file = await output.close({ complete: isComplete });
    await service?.close();
    if (file !== undefined) say(t(isComplete ? 'note.repliesIn' : 'note.keptPart', { file }));
  }
}

type TalkingParts = { options: TalkOptions; turns: readonly Pcm[]; output: ReplyOutput };

/** One conversation, from its session to what is left of it on the screen. */
class Talking {
  readonly #parts: TalkingParts;
  readonly #context: CommandContext;
  readonly #log = new ConversationLog();
  readonly #view: TalkView;
  readonly #gate: EchoGate;
  #live: LiveTalk | undefined;

  constructor(parts: TalkingParts, context: CommandContext) {
    const { options, output } = parts;
    this.#parts = parts;
    this.#context = context;
    this.#view = new TalkView(context, {
      quiet: options.quiet,
      prints: !options.json && options.output.destination.kind !== 'stdout',
      showsUser: options.input !== 'typed',
      log: this.#log,
      heardSeconds: () => output.heardSeconds,
      status: () => this.#status(),
    });
    // Who presses a key to speak silences the reply with it.
    const hearsRoom = options.input === 'microphone' && options.turns === 'heard';
    this.#gate = new EchoGate(() => output.isSounding, {
      isNeeded: hearsRoom && !options.headphones,
    });
  }

  note(text: string): void {
    this.#view.note(text);
  }

  async run({ client }: Service): Promise<void> {
    const { model, voice, instructions, tools, turns, json } = this.#parts.options;
    const { terminal, t, signal } = this.#context;
    try {
      const session = await client.realtime.connect({
        model,
        voice,
        instructions,
        tools,
        turnDetection: turns === 'heard' ? { silenceDurationMs: END_OF_TURN_MS } : null,
        handOver: true,
        signal,
      });
      await this.#converse(session);
    } finally {
      this.#view.close();
      if (json) await print(terminal, toLogJson(this.#log.entries, { model, voice }), t);
    }
    if (this.#log.answers.at(-1)?.status === 'failed') {
      throw new CliError(t('error.answerFailed'), { exitCode: EXIT.failure });
    }
  }

  async #converse(session: RealtimeSession): Promise<void> {
    const { output } = this.#parts;
    const { t, signal } = this.#context;
    const conversation = new Conversation({ session, output, log: this.#log, view: this.#view });
    // What ends the session ends whatever waits for it.
    const over = new AbortController();
    const running = conversation.run().then(
      () => over.abort(new CliError(t('error.sessionEnded'), { exitCode: EXIT.network })),
      (error: unknown) => over.abort(error),
    );
    const inner = { ...this.#context, signal: AbortSignal.any([signal, over.signal]) };
    try {
      await this.#speak(session, conversation, inner);
      await this.#lastWords(inner);
    } finally {
      session.close();
      await running;
      await this.#view.changed();
    }
  }

  async #speak(
    session: RealtimeSession,
    conversation: Conversation,
    context: CommandContext,
  ): Promise<void> {
    const { options, output, turns } = this.#parts;
    const gate = this.#gate;
    const onSound = (samples: Int16Array): void => this.#view.heard(samples);
    const isTold = options.turns === 'told';
    switch (options.input) {
      case 'files':
        await (options.isRealTime && !isTold ? speakInRealTime : speakTurns)(
          { session, conversation, turns, onSound, isRealTime: options.isRealTime },
          context,
        );
        await output.drained();
        return;
      case 'typed':
        await talkByTyping({ conversation, output, view: this.#view }, context);
        return;
      case 'microphone': {
        const wanted = { sampleRate: TALK_RATE, device: options.device };
        const microphone = await openMicrophone(wanted, context);
        if (this.#gate.isNeeded && options.output.destination.kind === 'player') {
          this.note(this.#context.t('talk.echo'));
        }
        this.#live = new LiveTalk({
          session,
          conversation,
          output,
          gate,
          pushToTalk: isTold,
          onSound,
        });
        await this.#live.run(microphone, context);
      }
    }
  }

  /** What the user said last may be told after the answer to it. */
  async #lastWords({ signal }: CommandContext): Promise<void> {
    const { input } = this.#parts.options;
    if (input !== 'files') return;
    const until = performance.now() + LAST_WORDS_MS;
    while (this.#log.awaitsUser && performance.now() < until && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #status(): ReturnType<ConstructorParameters<typeof TalkView>[1]['status']> {
    const { options, output } = this.#parts;
    const { t, terminal } = this.#context;
    const status = this.#live?.status ?? (output.isSounding ? 'speaking' : 'waiting');
    if (options.input === 'files') return { status, hint: '' };
    if (options.input === 'typed') return { status, hint: t('hint.stopAnswer') };
    if (!terminal.stdin.isTTY) return { status, hint: t('hint.stopBySignal') };
    return { status, hint: t(options.turns === 'told' ? 'hint.pushToTalk' : 'hint.talk') };
  }
}
