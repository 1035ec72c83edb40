import type { PropertyView } from '../generate/node-view.ts';
import { AdminError, type VoiceAnswer } from './admin-client.ts';
import { tellFailure } from './admin-failure.ts';
import type { Dialog } from './dialog.ts';
import { element, iconButton } from './element.ts';
import { accountOf } from './chosen-account.ts';
import { SamplePlayer } from './sample-player.ts';
import { filterVoices, isForeign, languagesOf, type VoiceEntry } from './voice-filter.ts';
import { fetchVoices } from './voice-source.ts';

const LANGUAGE_KEYS: Record<string, 'languageEn' | 'languageZh'> = {
  en: 'languageEn',
  zh: 'languageZh',
};

const textOf =
  (dialog: Dialog): Dialog['text'] =>
  (key, values) =>
    dialog.text(key, values);

/** The list of voices below the field of a voice: searched, filtered, listened to, chosen from. */
export class VoicePicker {
  readonly #dialog: Dialog;
  readonly #choose: (id: string) => void;
  readonly #current: () => string;
  readonly #panel: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #language: HTMLSelectElement;
  readonly #list: HTMLUListElement;
  readonly #note: HTMLElement;
  readonly #player: SamplePlayer;
  #voices: readonly VoiceEntry[] = [];
  #accountId = '';
  #opener: HTMLElement = document.body;

  constructor(dialog: Dialog, property: PropertyView, choose: (id: string) => void) {
    this.#dialog = dialog;
    this.#choose = choose;
    this.#current = () => dialog.input(property.name).value;
    const search = dialog.text('searchVoices');
    this.#search = element('input', { type: 'search', placeholder: search, 'aria-label': search });
    this.#language = element('select', { 'aria-label': dialog.text('voiceLanguage') });
    this.#list = element('ul', { 'aria-label': dialog.propertyText(`${property.name}.label`) });
    this.#note = element('div', { class: 'stepvoice-note', role: 'status' });
    this.#player = new SamplePlayer(dialog, (text) => this.#say(text));
    const refresh = iconButton('fa-refresh', dialog.text('refreshVoices'), () => {
      void this.#load({ refresh: true });
    });
    this.#panel = element(
      'div',
      { class: 'stepvoice-picker', role: 'group', 'aria-label': dialog.text('voices') },
      element('div', { class: 'stepvoice-group' }, this.#search, this.#language, refresh),
      this.#list,
      this.#note,
    );
    this.#panel.hidden = true;
    this.#search.addEventListener('input', () => this.#show());
    this.#language.addEventListener('change', () => this.#show());
    this.#panel.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('focusin', ({ target }) => {
      if (target instanceof Element) this.#stopAt(target.closest('li'));
    });
    dialog.row(property.name).append(this.#panel);
  }

  /** @param opener the button that opens it: focus goes back to it */
  openedBy(opener: HTMLElement): void {
    this.#opener = opener;
    opener.setAttribute('aria-expanded', 'false');
  }

  toggle(): void {
    this.#panel.hidden = !this.#panel.hidden;
    this.#opener.setAttribute('aria-expanded', String(!this.#panel.hidden));
    if (this.#panel.hidden) {
      this.#player.stop();
      this.#opener.focus();
      return;
    }
    this.#search.focus();
    const account = accountOf(this.#dialog);
    if (this.#voices.length === 0 || account?.id !== this.#accountId || account.changed === true) {
      void this.#load({ refresh: false });
    }
  }

  async #load({ refresh }: { refresh: boolean }): Promise<void> {
    const account = accountOf(this.#dialog);
    this.#accountId = account?.id ?? '';
    if (account === undefined) {
      this.#voices = [];
      this.#show();
      this.#say(this.#dialog.text('chooseAccount'));
      return;
    }
    this.#say(this.#dialog.text('loadingVoices'));
    try {
      const answer = await fetchVoices(account, { refresh, signal: this.#dialog.signal });
      if (account.id !== this.#accountId) return;
      this.#voices = answer.voices;
      this.#fillLanguages();
      this.#show();
      this.#list.querySelector('[aria-pressed=true]')?.scrollIntoView({ block: 'nearest' });
      this.#say(this.#provenance(answer));
    } catch (error) {
      if (error instanceof AdminError && !this.#dialog.signal.aborted) {
        this.#say(tellFailure(this.#dialog, error));
      }
    }
  }

  #provenance({ fetchedAt, problem }: VoiceAnswer): string {
    if (problem !== undefined) return problem.message;
    if (fetchedAt === null) return this.#dialog.text('voicesFromTable');
    const time = new Date(fetchedAt).toLocaleTimeString(RED.i18n.lang());
    return this.#dialog.text('voicesFetched', { time, count: this.#voices.length });
  }

  #fillLanguages(): void {
    const chosen = this.#language.value;
    const option = (value: string, label: string): HTMLOptionElement =>
      element('option', { value }, label);
    const text = textOf(this.#dialog);
    this.#language.replaceChildren(
      option('', text('anyLanguage')),
      ...languagesOf(this.#voices).map((language) => {
        const key = LANGUAGE_KEYS[language];
        return option(language, key === undefined ? language : text(key));
      }),
      ...(this.#voices.some(({ kind }) => kind === 'clone')
        ? [option('clone', text('ownVoices'))]
        : []),
    );
    this.#language.value = chosen;
    if (this.#language.selectedIndex < 0) this.#language.value = '';
  }

  #show(): void {
    const found = filterVoices(this.#voices, {
      query: this.#search.value,
      language: this.#language.value,
    });
    this.#list.replaceChildren(...found.map((voice) => this.#toItem(voice)));
    const chosen = this.#list.querySelector('[aria-pressed=true]')?.parentElement;
    this.#stopAt(chosen ?? this.#list.firstElementChild);
    this.#list.hidden = found.length === 0;
    if (found.length === 0 && this.#voices.length > 0) this.#say(this.#dialog.text('noVoices'));
  }

  #toItem(voice: VoiceEntry): HTMLLIElement {
    const text = textOf(this.#dialog);
    const isChosen = voice.id === this.#current();
    const isChinese = RED.i18n.lang().startsWith('zh');
    const name = isChinese ? (voice.nameZh ?? voice.name) : voice.name;
    const languageKey = LANGUAGE_KEYS[voice.language ?? ''];
    const model = this.#dialog.form.querySelector<HTMLInputElement>('[id$="input-model"]')?.value;
    const facts = [
      ...(voice.kind === 'clone' ? [text('ownVoice')] : []),
      ...(voice.gender === undefined ? [] : [text(voice.gender)]),
      ...(languageKey === undefined ? [] : [text(languageKey)]),
      ...(isForeign(voice, model ?? '') ? [text('otherModel')] : []),
    ];
    const choose = element(
      'button',
      { type: 'button', class: 'stepvoice-voice', 'aria-pressed': String(isChosen) },
      element('span', { class: 'stepvoice-voice-name' }, name),
      element('span', { class: 'stepvoice-voice-id' }, name === voice.id ? '' : voice.id),
      element('span', { class: 'stepvoice-voice-facts' }, facts.join(' · ')),
    );
    choose.addEventListener('click', () => {
      this.#choose(voice.id);
      this.toggle();
    });
    const play = iconButton('fa-play', text('playSample', { name }), () => {
      const account = accountOf(this.#dialog);
      if (account !== undefined) this.#player.toggle(play, account, voice.id, model ?? '');
    });
    return element('li', {}, choose, play);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.toggle();
      return;
    }
    if (event.target === this.#language) return;
    const rows = [...this.#list.children];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const goTo = (row: number, column: number): void => {
      event.preventDefault();
      rows[row]?.querySelectorAll('button')[column]?.focus();
    };
    const column = document.activeElement?.classList.contains('stepvoice-voice') === false ? 1 : 0;
    switch (event.key) {
      case 'ArrowDown':
        goTo(Math.min(at + 1, rows.length - 1), at < 0 ? 0 : column);
        break;
      case 'ArrowUp':
        if (at > 0) goTo(at - 1, column);
        else if (at === 0) this.#search.focus();
        break;
      case 'ArrowRight':
      case 'ArrowLeft':
        if (at >= 0) goTo(at, event.key === 'ArrowRight' ? 1 : 0);
        break;
      case 'Home':
      case 'End':
        if (at >= 0) goTo(event.key === 'Home' ? 0 : rows.length - 1, column);
    }
  }

  /** Of the list, the key for moving on stops at one voice only: the chosen one, or wherever the arrows have led. */
  #stopAt(row: Element | null | undefined): void {
    for (const button of this.#list.querySelectorAll('button')) {
      button.tabIndex = row?.contains(button) === true ? 0 : -1;
    }
  }

  #say(text: string): void {
    this.#note.textContent = text;
  }
}
