import type { NodeMessage, TalkMode } from '../nodes/play/page-messages.ts';
import type { PageTextKey, PageTexts } from './page-texts.ts';

/** Older lines are taken away: a page may stay open for weeks. */
const MAX_LINES = 200;

type Caption = Extract<NodeMessage, { type: 'caption' }>;
export type TalkLook = 'off' | 'opening' | 'held' | 'latched' | 'hands-free' | 'muted';
export type Tone = 'quiet' | 'good' | 'live';

const TALK_LABELS: Record<TalkLook, PageTextKey> = {
  off: 'hold',
  opening: 'opening',
  held: 'release',
  latched: 'tapToEnd',
  'hands-free': 'mute',
  muted: 'unmute',
};

/** What stands on the page. */
export class PageView {
  readonly talk = find('talk', HTMLButtonElement);
  readonly silence = find('silence', HTMLButtonElement);
  readonly unlock = find('unlock', HTMLButtonElement);
  readonly handsFree = find('hands-free', HTMLInputElement);
  readonly #title = find('title', HTMLElement);
  readonly #state = find('state', HTMLElement);
  readonly #notice = find('notice', HTMLElement);
  readonly #captions = find('captions', HTMLElement);
  readonly #empty = find('empty', HTMLElement);
  readonly #hint = find('hint', HTMLElement);
  readonly #talkLabel = find('talk-label', HTMLElement);
  readonly #lines = new Map<string, HTMLElement>();
  readonly #texts: PageTexts;

  constructor(texts: PageTexts, language: 'en' | 'zh') {
    this.#texts = texts;
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    this.unlock.textContent = texts.unlock;
    this.silence.textContent = texts.silence;
    this.#empty.textContent = texts.empty;
    find('hands-free-label', HTMLElement).textContent = texts.handsFree;
    this.showTalk('off');
  }

  showSettings(title: string, mode: TalkMode, hasCaptions: boolean): void {
    if (title !== '') {
      this.#title.textContent = title;
      document.title = title;
    }
    find('talking', HTMLElement).hidden = mode === 'listen';
    find('hands-free-row', HTMLElement).hidden = mode !== 'both';
    this.#empty.textContent = hasCaptions ? this.#texts.empty : this.#texts.emptyWithoutCaptions;
  }

  showState(key: PageTextKey, tone: Tone): void {
    this.#state.dataset['tone'] = tone;
    // Set again, it would be read out again.
    if (this.#state.textContent !== this.#texts[key]) this.#state.textContent = this.#texts[key];
  }

  showNotice(key: PageTextKey | undefined): void {
    this.#notice.hidden = key === undefined;
    this.#notice.textContent = key === undefined ? '' : this.#texts[key];
  }

  showTalk(look: TalkLook): void {
    const isOn = look !== 'off' && look !== 'muted';
    this.talk.setAttribute('aria-pressed', String(isOn));
    this.talk.dataset['look'] = look;
    this.#talkLabel.textContent = this.#texts[TALK_LABELS[look]];
    const isHandsFree = look === 'hands-free' || look === 'muted';
    const hint = matchMedia('(pointer: coarse)').matches ? 'touchHint' : 'holdHint';
    this.#hint.textContent = this.#texts[isHandsFree ? 'handsFreeHint' : hint];
    if (!isOn) this.showLevel(0);
  }

  /** @param level from 0 to 1 */
  showLevel(level: number): void {
    this.talk.style.setProperty('--level', Math.sqrt(level).toFixed(2));
  }

  addCaption({ line, text, appends, speaker }: Caption): void {
    const captions = this.#captions;
    const { scrollTop, scrollHeight, clientHeight } = captions;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - 24;
    this.#empty.hidden = true;
    const known = this.#lines.get(line);
    const element = known ?? document.createElement('p');
    if (speaker !== undefined) element.dataset['speaker'] = speaker;
    element.textContent = appends ? `${element.textContent ?? ''}${text}` : text;
    if (known === undefined) {
      this.#lines.set(line, element);
      captions.append(element);
      this.#dropOldest();
    }
    // Who reads what was said before is left where they are.
    if (isAtEnd) captions.scrollTop = captions.scrollHeight;
  }

  #dropOldest(): void {
    if (this.#lines.size <= MAX_LINES) return;
    for (const [line, element] of this.#lines) {
      element.remove();
      this.#lines.delete(line);
      return;
    }
  }
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.querySelector(`#${id}`);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${id}.`);
}
