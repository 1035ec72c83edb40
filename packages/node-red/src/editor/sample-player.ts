import { AdminError, askAdmin } from './admin-client.ts';
import { tellFailure } from './admin-failure.ts';
import type { Dialog } from './dialog.ts';
import { setIcon } from './element.ts';
import type { EditorNode } from './red.ts';

/** Lets one voice be heard at a time. */
export class SamplePlayer {
  readonly #dialog: Dialog;
  readonly #say: (text: string) => void;
  #stop: (() => void) | undefined;
  #button: HTMLButtonElement | undefined;

  constructor(dialog: Dialog, say: (text: string) => void) {
    this.#dialog = dialog;
    this.#say = say;
    dialog.signal.addEventListener('abort', () => this.stop(), { once: true });
  }

  /** Plays the sample of a voice, or stops it. */
  toggle(button: HTMLButtonElement, account: EditorNode, voice: string, model: string): void {
    const isSame = this.#button === button;
    this.stop();
    if (isSame) return;
    const stopping = new AbortController();
    this.#button = button;
    this.#stop = () => stopping.abort();
    setIcon(button, 'fa-spinner fa-pulse');
    this.#say(this.#dialog.text('sampleBilled'));
    void this.#play(button, sampleUrl(account.id, voice, model), stopping.signal);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#button !== undefined) setIcon(this.#button, 'fa-play');
    this.#button = undefined;
  }

  async #play(button: HTMLButtonElement, url: string, signal: AbortSignal): Promise<void> {
    try {
      const sound = await askAdmin({ url, signal, isSound: true });
      if (signal.aborted || !(sound instanceof Blob)) return;
      const address = URL.createObjectURL(sound);
      const audio = new Audio(address);
      const end = (): void => {
        audio.pause();
        URL.revokeObjectURL(address);
        if (this.#button === button) this.stop();
      };
      signal.addEventListener('abort', end, { once: true });
      audio.addEventListener('ended', end, { once: true });
      setIcon(button, 'fa-stop');
      await audio.play();
    } catch (error) {
      if (signal.aborted) return;
      this.stop();
      this.#say(
        !(error instanceof AdminError)
          ? this.#dialog.text('cannotPlay')
          : error.code === 'no_account'
            ? this.#dialog.text('deployFirst')
            : tellFailure(this.#dialog, error),
      );
    }
  }
}

function sampleUrl(account: string, voice: string, model: string): string {
  const path = `stepvoice/accounts/${encodeURIComponent(account)}/voices/${encodeURIComponent(voice)}/sample`;
  return model === '' ? path : `${path}?model=${encodeURIComponent(model)}`;
}
