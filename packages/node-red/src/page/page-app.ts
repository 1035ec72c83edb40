import { createWebAudioOutput } from '@stepvoice/core/browser';
import type { NodeMessage } from '../nodes/play/page-messages.ts';
import { canHaveMicrophone, Microphone, MicrophoneError } from './microphone.ts';
import { PageSocket } from './page-socket.ts';
import { PageSpeaker } from './page-speaker.ts';
import type { PageTextKey } from './page-texts.ts';
import type { PageView, TalkLook } from './page-view.ts';
import { createSoundDecoder } from './sound-decoder.ts';
import { TalkButton } from './talk-button.ts';
import { WakeLock } from './wake-lock.ts';

/** What is handed to the device ahead: as little as does not stop when the page is in the background. */
const QUEUE_SECONDS = 1;

const STOP_REASONS = {
  asked: 'stopped',
  'talk-too-long': 'tooLong',
  'minutes-used-up': 'usedUp',
} as const;

type Ready = Extract<NodeMessage, { type: 'ready' }>;

/** Microphone, speaker and connection, and what the page shows of them. */
export class PageApp {
  readonly #view: PageView;
  readonly #context = new AudioContext({ latencyHint: 'interactive' });
  readonly #speaker: PageSpeaker;
  readonly #microphone: Microphone;
  readonly #socket: PageSocket;
  readonly #wakeLock = new WakeLock();
  readonly #button: TalkButton;
  #ready: Ready | undefined;
  #isConnected = false;
  /** Talk is going on, and frames leave. */
  #isTalking = false;
  #isOpening = false;
  #isHandsFree = false;
  /** Counts the talks: one that was ended while the microphone opened must not begin any more. */
  #talks = 0;

  constructor(view: PageView, url: string, token: string) {
    this.#view = view;
    const clock = {
      now: () => performance.now(),
      after(delayMs: number, callback: () => void) {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    };
    const output = createWebAudioOutput({
      sampleRate: this.#context.sampleRate,
      context: this.#context,
      queueSeconds: QUEUE_SECONDS,
      clock,
    });
    this.#speaker = new PageSpeaker(
      output,
      (encoding) => createSoundDecoder(encoding, this.#context),
      {
        onReport: (report) => {
          this.#socket.send(report);
          if (report.type === 'unplayable') view.showNotice('unplayable');
        },
        onBusy: () => this.#show(),
        onBlocked: () => this.#show(),
      },
      () => clock.now(),
    );
    this.#microphone = new Microphone(this.#context, {
      onFrame: (bytes, level) => {
        view.showLevel(level);
        if (this.#isTalking && !this.#socket.sendFrame(bytes)) view.showNotice('slow');
      },
      onGone: () => {
        this.#endTalk();
        view.showNotice('micGone');
      },
    });
    this.#button = new TalkButton({
      onStart: () => void this.#startTalk(),
      onStop: () => this.#stopTalk(),
    });
    this.#context.addEventListener('statechange', () => this.#show());
    this.#listenToReader();
    this.#socket = new PageSocket(url, token, {
      onMessage: (message) => this.#receive(message),
      onSound: (sound, bytes) => this.#speaker.push(sound, bytes as Uint8Array<ArrayBuffer>),
      onLost: (why) => this.#onLost(why),
    });
    this.#show();
  }

  #receive(message: NodeMessage): void {
    switch (message.type) {
      case 'ready':
        this.#onReady(message);
        break;
      case 'sound':
        this.#speaker.open(message.sound, message.encoding);
        break;
      case 'sound-end':
        void this.#speaker.end(message.sound);
        break;
      case 'cancel':
        this.#speaker.cancel();
        break;
      case 'clear':
        this.#speaker.clear();
        break;
      case 'caption':
        if (this.#ready?.hasCaptions === true) this.#view.addCaption(message);
        break;
      case 'stop-talk':
        this.#endTalk();
        this.#view.showNotice(STOP_REASONS[message.why]);
    }
  }

  #onReady(ready: Ready): void {
    const { title, mode, hasCaptions } = ready;
    this.#ready = ready;
    this.#isConnected = true;
    this.#view.showSettings(title, mode, hasCaptions);
    const isDeaf = mode !== 'listen' && !canHaveMicrophone();
    this.#view.showNotice(isDeaf ? 'needsSecure' : undefined);
    this.#view.talk.disabled = isDeaf;
    this.#view.handsFree.disabled = isDeaf;
    if (mode === 'hands-free') this.#isHandsFree = true;
    else if (mode !== 'both') this.#isHandsFree = false;
    this.#view.handsFree.checked = this.#isHandsFree;
    // A talk that was cut by the connection goes on.
    if (this.#button.state !== 'off') void this.#startTalk();
    this.#show();
  }

  #onLost(why: 'lost' | 'tooManyPages' | 'wrongKey' | 'replaced' | 'refused'): void {
    this.#isConnected = false;
    this.#isTalking = false;
    if (why === 'lost' || why === 'tooManyPages') {
      // Hands-free it goes on by itself, and who holds the button still does.
      if (!this.#isHandsFree) this.#button.letGo();
      this.#view.showState(why === 'lost' ? 'reconnecting' : why, 'quiet');
      return;
    }
    this.#endTalk();
    this.#speaker.cancel();
    this.#view.talk.disabled = true;
    this.#view.showState(why, 'quiet');
  }

  async #startTalk(): Promise<void> {
    const ready = this.#ready;
    if (ready === undefined || !this.#isConnected) return;
    this.#talks += 1;
    const talk = this.#talks;
    this.#isOpening = true;
    this.#view.showNotice(undefined);
    if (ready.bargesIn && !this.#isHandsFree) this.#speaker.cancel();
    this.#show();
    try {
      await this.#microphone.start(ready.cleansMicrophone);
    } catch (error) {
      if (talk !== this.#talks) return;
      this.#endTalk();
      this.#view.showNotice(error instanceof MicrophoneError ? error.text : 'micBusy');
      return;
    }
    if (talk !== this.#talks || !this.#isConnected) return;
    this.#isOpening = false;
    this.#isTalking = true;
    this.#socket.send({ type: 'talk-start', handsFree: this.#isHandsFree });
    this.#show();
  }

  /** The button is up. */
  #stopTalk(): void {
    this.#talks += 1;
    this.#isOpening = false;
    if (this.#isTalking) this.#socket.send({ type: 'talk-stop' });
    this.#isTalking = false;
    this.#microphone.stop();
    this.#show();
  }

  /** From elsewhere than the button, which goes up with it. */
  #endTalk(): void {
    this.#button.stop();
  }

  #listenToReader(): void {
    const { talk, silence, unlock, handsFree } = this.#view;
    // Any gesture lets the sound out.
    for (const type of ['pointerup', 'keydown']) {
      document.addEventListener(type, () => {
        this.#speaker.unlock();
        void this.#wakeLock.take();
      });
    }
    unlock.addEventListener('click', () => talk.focus());
    silence.addEventListener('click', () => this.#speaker.cancel());
    handsFree.addEventListener('change', () => {
      this.#endTalk();
      this.#isHandsFree = handsFree.checked;
      if (this.#isHandsFree) this.#button.toggle();
      this.#show();
    });
    talk.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      talk.setPointerCapture(event.pointerId);
      if (this.#isHandsFree) this.#button.toggle();
      else this.#button.press(event.timeStamp);
    });
    talk.addEventListener('pointerup', (event) => this.#button.release(event.timeStamp));
    talk.addEventListener('pointercancel', () => this.#button.letGo());
    talk.addEventListener('contextmenu', (event) => event.preventDefault());
    // Of assistive technology only: pointers and keys have come before it.
    talk.addEventListener('click', (event) => {
      if (event.detail === 0) this.#button.toggle();
    });
    document.addEventListener('keydown', (event) => this.#onKey(event, true));
    document.addEventListener('keyup', (event) => this.#onKey(event, false));
    addEventListener('blur', () => this.#button.letGo());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.#button.letGo();
    });
  }

  /** The space bar talks, wherever it means nothing else; on the button, so does Enter. */
  #onKey(event: KeyboardEvent, isDown: boolean): void {
    const { target, code } = event;
    const isOnTalk = target === this.#view.talk;
    const isElsewhere =
      !isOnTalk && (target instanceof HTMLButtonElement || target instanceof HTMLInputElement);
    const isKey = code === 'Space' || (code === 'Enter' && isOnTalk);
    if (!isKey || isElsewhere || this.#view.talk.disabled || this.#ready?.mode === 'listen') return;
    event.preventDefault();
    if (event.repeat) return;
    if (!isDown) this.#button.release(event.timeStamp);
    else if (this.#isHandsFree) this.#button.toggle();
    else this.#button.press(event.timeStamp);
  }

  #show(): void {
    const view = this.#view;
    view.unlock.hidden = this.#context.state === 'running';
    view.silence.disabled = !this.#speaker.isBusy;
    view.showTalk(this.#talkLook);
    if (!this.#isConnected) {
      if (this.#ready === undefined) view.showState('connecting', 'quiet');
      return;
    }
    const [key, tone] = this.#state;
    view.showState(key, tone);
  }

  get #talkLook(): TalkLook {
    if (this.#isOpening) return 'opening';
    if (this.#isHandsFree) return this.#isTalking ? 'hands-free' : 'muted';
    const { state } = this.#button;
    return this.#isTalking ? state : 'off';
  }

  get #state(): [PageTextKey, 'good' | 'live'] {
    if (this.#isTalking) return ['talking', 'live'];
    return [this.#speaker.isBusy ? 'playing' : 'connected', 'good'];
  }
}
