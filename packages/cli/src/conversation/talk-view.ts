import { encodePcm16 } from '@stepvoice/core/audio';
import type { RealtimeEvent, StepAudioError } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { explainError } from '../explain-error.ts';
import { inBrackets, joinList } from '../language/join-list.ts';
import { colorsFor } from '../terminal/colors.ts';
import { LevelMeter } from '../terminal/level-meter.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { print } from '../terminal/terminal.ts';
import { wrapText } from '../terminal/wrap-text.ts';
import type { ConversationView } from './conversation.ts';
import type { ConversationLog, LogEntry } from './conversation-log.ts';
import { TALK_RATE } from './talk-session.ts';

const REFRESH_MS = 80;
const METER_WIDTH = 16;

/** What is going on, as the line below the text says it. */
export type TalkStatus =
  | 'connecting'
  | 'listening'
  | 'recording'
  | 'muted'
  | 'waiting'
  | 'speaking'
  | 'idle';

export type TalkViewOptions = {
  /** Nothing but what was said. */
  quiet: boolean;
  /** Whether what was said is printed as it becomes final; else somebody prints all of it at the end. */
  prints: boolean;
  /** Whether the user's own words are shown: who types them sees them already. */
  showsUser: boolean;
  log: ConversationLog;
  /** How much of the reply was heard, in seconds. */
  heardSeconds: () => number;
  /** What the line below shows at this moment, and what one can do. */
  status: () => { status: TalkStatus; hint: string };
};

/** Shows a conversation: what was said above, what is being said below, and who is heard. */
export class TalkView implements ConversationView {
  readonly #context: CommandContext;
  readonly #options: TalkViewOptions;
  readonly #region: LiveRegion;
  readonly #timer: NodeJS.Timeout | undefined;
  #microphone = new LevelMeter(TALK_RATE);
  #microphoneSamples = 0;
  #reply = new LevelMeter(TALK_RATE);
  #replyAt = 0;
  #isShown = true;

  constructor(context: CommandContext, options: TalkViewOptions) {
    this.#context = context;
    this.#options = options;
    this.#region = new LiveRegion(context.terminal, { quiet: options.quiet });
    if (this.#region.isLive) this.#timer = setInterval(() => this.#draw(), REFRESH_MS);
  }

  async changed(): Promise<void> {
    const { log, prints, showsUser } = this.#options;
    for (const entry of log.takeFinal()) {
      if (!prints || (entry.role === 'user' && !showsUser)) continue;
      const { terminal, t } = this.#context;
      await this.#region.makeRoom(() => print(terminal, `${this.#describe(entry)}\n`, t));
    }
    this.#draw();
  }

  replied(samples: Int16Array): void {
    const heard = this.#options.heardSeconds();
    // A new reply is heard from its beginning.
    if (heard < this.#replyAt) this.#reply = new LevelMeter(TALK_RATE);
    this.#replyAt = heard;
    this.#reply.push(encodePcm16(samples));
  }

  /** Takes what the microphone hears. */
  heard(samples: Int16Array): void {
    this.#microphone.push(encodePcm16(samples));
    this.#microphoneSamples += samples.length;
  }

  session(event: Extract<RealtimeEvent, { type: 'session-ending' | 'session-renewed' }>): void {
    const { t } = this.#context;
    if (event.type === 'session-renewed') this.note(t('talk.renewed'));
    else this.note(t('talk.ending', { seconds: Math.round(event.remainingMs / 1000) }));
  }

  failed(error: StepAudioError): void {
    this.note(
      this.#context.t('talk.problem', { said: explainError(error, this.#context.t).message }),
    );
  }

  note(text: string): void {
    if (!this.#options.quiet) this.#region.print(text);
  }

  /** Takes the moving lines away while somebody types. */
  hide(): void {
    this.#isShown = false;
    this.#region.close();
  }

  show(): void {
    this.#isShown = true;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#region.close();
  }

  #describe(entry: LogEntry): string {
    const { terminal, t } = this.#context;
    const { cyan, bold, dim } = colorsFor(terminal.stdout, terminal.env);
    switch (entry.role) {
      case 'user':
        return `${bold(t('talk.you'))}${entry.text}`;
      case 'tool':
        return dim(`${t('talk.tool', { name: entry.name })}${entry.output}`);
      case 'assistant': {
        const { text, firstAudioMs, interrupted } = entry;
        const facts = [
          ...(interrupted ? [t('talk.interrupted')] : []),
          ...(firstAudioMs === undefined
            ? []
            : [t('progress.firstSound', { ms: Math.round(firstAudioMs) })]),
        ];
        const after = facts.length === 0 ? '' : `  ${dim(inBrackets(joinList(facts, t), t))}`;
        return `${cyan(t('talk.assistant'))}${text}${after}`;
      }
    }
  }

  #draw(): void {
    if (!this.#region.isLive || !this.#isShown) return;
    const { terminal, t } = this.#context;
    const { dim } = colorsFor(terminal.stderr, terminal.env);
    const { log, showsUser } = this.#options;
    const { columns, rows } = this.#region;
    const lines = log.open
      .filter(({ role }) => showsUser || role !== 'user')
      .flatMap((entry) => {
        const name = t(entry.role === 'user' ? 'talk.you' : 'talk.assistant');
        return wrapText(`${name}${'text' in entry ? entry.text : ''}`, columns);
      });
    this.#region.set([...lines.slice(1 - rows).map((line) => dim(line)), this.#statusLine()]);
  }

  #statusLine(): string {
    const { terminal, t } = this.#context;
    const { green, cyan, red, dim } = colorsFor(terminal.stderr, terminal.env);
    const { status, hint } = this.#options.status();
    const isSpeaking = status === 'speaking';
    const bars = isSpeaking
      ? this.#reply.render(this.#options.heardSeconds(), METER_WIDTH)
      : this.#microphone.render(this.#microphoneSamples / TALK_RATE, METER_WIDTH);
    const meter = (isSpeaking ? cyan : green)(bars.padStart(METER_WIDTH));
    const mark = status === 'recording' || status === 'listening' ? red('●') : dim('○');
    return `${mark} ${t(`talk.status.${status}`)} ${meter}  ${dim(hint)}`;
  }
}
