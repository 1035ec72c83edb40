import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AcceptedSocket } from '@stepvoice/core/node';
import { actionOf, unknownAction } from '../../kit/action.ts';
import { asBuffer } from '../../kit/buffers.ts';
import { loadAudio } from '../../kit/core.ts';
import { LocalizedError, badInput } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { Call, NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { sessionKey } from '../../kit/session-key.ts';
import { kindOf } from '../../kit/settings.ts';
import { streamPlace } from '../../kit/stream-place.ts';
import type { playDefinition } from './definition.ts';
import { OpenPage, pageFields } from './open-page.ts';
import { openPageDoor, type LoadPage } from './page-door.ts';
import { readPage } from './page-file.ts';
import { PageLink } from './page-link.ts';
import { CLOSE_CODES, type PageMessage } from './page-messages.ts';
import { PageSpeaker } from './page-speaker.ts';
import { soundEncoding } from './sound-encoding.ts';
import { TALK_BUDGETS, TalkBudget } from './talk-budget.ts';
import { StreamedTalk, WholeTalk } from './talk.ts';

type PlayProperties = (typeof playDefinition)['properties'];
type AudioLibrary = Awaited<ReturnType<typeof loadAudio>>;
type Hello = Extract<PageMessage, { type: 'hello' }>;

/** What a dialog makes is longer. */
const MIN_TOKEN_LENGTH = 16;
/** Connections that have not said yet who they are. */
const MAX_STRANGERS = 20;
const MAX_CAPTION_LENGTH = 10_000;
const MAX_MISSED_STREAMS = 1000;
const SESSION = /^[A-Za-z0-9_-]{22}$/;

export function createPlay(
  host: NodeHost<PlayProperties>,
  { loadPage = readPage }: { loadPage?: LoadPage } = {},
): NodeBehaviour<PlayProperties> {
  const { status, node, language } = host;
  const token = node.credentials?.['token'] ?? '';
  if (token.length < MIN_TOKEN_LENGTH) {
    const problem = noToken();
    status.show('noToken', { fill: 'red', shape: 'ring' });
    node.error(problem.text[language]);
    return {
      input: () => {
        throw problem;
      },
    };
  }
  const play = new PlayNode(host, token, loadPage);
  return { input: (call) => play.take(call), close: (removed) => play.close(removed) };
}

class PlayNode {
  readonly #host: NodeHost<PlayProperties>;
  readonly #keyHash: Uint8Array;
  readonly #pages = new Map<string, OpenPage>();
  readonly #strangers = new Set<PageLink>();
  /** Streams that nobody was there to hear: said once. */
  readonly #missed = new Set<string>();
  readonly #closeDoor: () => void;
  #audio: AudioLibrary | undefined;
  #loading: Promise<AudioLibrary> | undefined;

  constructor(host: NodeHost<PlayProperties>, token: string, loadPage: LoadPage) {
    this.#host = host;
    this.#keyHash = hash(token);
    this.#closeDoor = openPageDoor(
      host.RED,
      {
        id: host.node.id,
        origins: host.fixed.origins,
        receive: (socket) => this.#receive(socket),
      },
      loadPage,
    );
    this.#showPages();
  }

  async take({ message }: Call<PlayProperties>): Promise<void> {
    // All wait for it, or a command would overtake the sound before it.
    this.#audio ??= await (this.#loading ??= loadAudio());
    const action = actionOf(message);
    if (action !== undefined) {
      this.#command(action, message);
      return;
    }
    const payload = asBuffer(message.payload);
    if (typeof payload === 'string') {
      this.#caption(message, payload);
      return;
    }
    if (!(payload instanceof Uint8Array)) throw notSound(message.payload);
    const place = streamPlace(message);
    if (payload.length === 0 && place === undefined) throw noSound();
    const { sniffContainer } = this.#audio;
    const pages = this.#pagesOf(message);
    if (pages.length === 0) {
      this.#miss(message);
      return;
    }
    const errors: unknown[] = [];
    for (const page of pages) {
      try {
        page.speaker.play(message, payload, () => soundEncoding(message, payload, sniffContainer));
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  close(removed: boolean): void {
    this.#closeDoor();
    for (const page of this.#pages.values()) page.link.close(CLOSE_CODES.nodeClosed);
    for (const stranger of this.#strangers) stranger.close(CLOSE_CODES.nodeClosed);
    this.#pages.clear();
    this.#strangers.clear();
    if (removed) TALK_BUDGETS.forget(this.#host.RED, this.#host.node.id);
  }

  #command(action: string, message: FlowMessage): void {
    const pages = this.#pagesOf(message);
    switch (action) {
      case 'cancel':
        for (const page of pages) page.speaker.cancel();
        break;
      case 'clear':
        for (const page of pages) page.speaker.clear();
        break;
      case 'stop':
        for (const page of pages) {
          page.link.send({ type: 'stop-talk', why: 'asked' });
          page.stopTalk('asked');
        }
        break;
      default:
        throw unknownAction(action, Object.keys(this.#host.definition.actions));
    }
  }

  #caption(message: FlowMessage, payload: string): void {
    const { role, parts, itemId } = message;
    const text = payload.slice(0, MAX_CAPTION_LENGTH);
    // Texts of a realtime conversation come whole each time, the longer they get.
    const item = typeof itemId === 'string' ? itemId : this.#host.RED.util.generateId();
    const line = streamPlace(message)?.id ?? item;
    const appends = (parts?.index ?? 0) > 0;
    const speaker = role === 'user' || role === 'assistant' ? role : undefined;
    for (const page of this.#pagesOf(message)) {
      page.link.send({ type: 'caption', line, text, appends, speaker });
    }
  }

  /** Of its session; a message without one is for all. */
  #pagesOf(message: FlowMessage): OpenPage[] {
    const session = sessionKey(message);
    if (session === '') return [...this.#pages.values()];
    const page = this.#pages.get(session);
    return page === undefined ? [] : [page];
  }

  /** @throws {LocalizedError} with the first message of what nobody hears */
  #miss(message: FlowMessage): void {
    const place = streamPlace(message);
    if (place !== undefined) {
      const id = `${sessionKey(message)}\n${place.id}`;
      const isKnown = this.#missed.has(id) || (message.parts?.index ?? 0) > 0;
      if (place.isLast) this.#missed.delete(id);
      else this.#missed.add(id);
      if (this.#missed.size > MAX_MISSED_STREAMS) this.#missed.clear();
      if (isKnown) return;
    }
    throw noPage(sessionKey(message) !== '');
  }

  #receive(socket: AcceptedSocket): void {
    if (this.#strangers.size >= MAX_STRANGERS) {
      socket.close(CLOSE_CODES.tooManyPages);
      return;
    }
    let page: OpenPage | undefined;
    const link = new PageLink(socket, this.#host.clock, {
      onHello: (hello, entering) => {
        this.#strangers.delete(entering);
        const entered = this.#enter(hello, entering);
        if (typeof entered === 'number') return entered;
        page = entered;
        return undefined;
      },
      onMessage: (message) => page?.receive(message),
      onFrame: (samples) => page?.hear(samples),
      onClose: (code) => {
        this.#strangers.delete(link);
        if (page !== undefined) this.#leave(page, code);
      },
    });
    this.#strangers.add(link);
  }

  /** @returns the code to refuse with */
  #enter(hello: Hello, link: PageLink): OpenPage | number {
    if (!timingSafeEqual(hash(hello.token), this.#keyHash)) return CLOSE_CODES.wrongKey;
    const isReturning = hello.session !== undefined && SESSION.test(hello.session);
    const session =
      isReturning && hello.session !== undefined
        ? hello.session
        : randomBytes(16).toString('base64url');
    const before = this.#pages.get(session);
    const { maxPages, title, mode, captions, cleaning, bargeIn } = this.#host.fixed;
    if (before === undefined && this.#pages.size >= maxPages) {
      this.#event(session, 'limit', { limit: 'pages' });
      return CLOSE_CODES.tooManyPages;
    }
    if (before !== undefined) {
      this.#leave(before, CLOSE_CODES.replaced);
      before.link.close(CLOSE_CODES.replaced);
    }
    const page = this.#createPage(session, link);
    this.#pages.set(session, page);
    link.send({
      type: 'ready',
      session,
      title: title ?? this.#host.node.name ?? '',
      mode,
      hasCaptions: captions,
      cleansMicrophone: cleaning,
      bargesIn: bargeIn,
    });
    this.#event(session, 'connected', { language: hello.language, isReturning });
    this.#showPages();
    return page;
  }

  #createPage(session: string, link: PageLink): OpenPage {
    const { RED, node, clock, fixed } = this.#host;
    const { mode, output, overlap, maxMegabytes, maxTalkMinutes, maxMinutesPerDay } = fixed;
    const budget = TALK_BUDGETS.get(RED, node.id, () => new TalkBudget(clock));
    const speaker = new PageSpeaker(link, {
      maxBytes: maxMegabytes * 2 ** 20,
      interrupts: overlap === 'interrupt',
      event: (name, payload, message) => this.#event(session, name, payload, message),
    });
    return new OpenPage({
      session,
      link,
      speaker,
      clock,
      canTalk: mode !== 'listen',
      maxTalkMs: maxTalkMinutes * 60_000,
      takeMinutes: (durationMs) => budget.take(durationMs, maxMinutesPerDay * 60_000),
      createTalk: () => {
        const id = RED.util.generateId();
        const fields = { _msgid: id, ...pageFields(session) };
        const send = (message: FlowMessage): void => this.#host.send(0, { ...fields, ...message });
        return output === 'frames' ? new StreamedTalk(id, send) : new WholeTalk(id, send);
      },
      event: (name, payload) => {
        this.#event(session, name, payload);
        if (payload['limit'] === 'minutes-used-up') this.#host.status.show('usedUp', USED_UP);
      },
      onFailure: (error) => this.#host.report(error, pageFields(session)),
      onTalk: () => this.#showPages(),
    });
  }

  #leave(page: OpenPage, code: number): void {
    if (this.#pages.get(page.session) !== page) return;
    page.stopTalk('disconnected');
    this.#pages.delete(page.session);
    this.#event(page.session, 'disconnected', { code });
    this.#showPages();
  }

  #event(
    session: string,
    event: string,
    payload: Record<string, unknown>,
    message: FlowMessage = { _msgid: this.#host.RED.util.generateId() },
  ): void {
    this.#host.send(1, { ...message, ...pageFields(session), event, payload });
  }

  #showPages(): void {
    const { status } = this.#host;
    const count = this.#pages.size;
    if (count === 0) status.show('noPage', { fill: 'grey', shape: 'ring' });
    else if ([...this.#pages.values()].some((page) => page.isTalking)) status.show('listening');
    else if (count === 1) status.show('connected');
    else status.showText(String(count), { fill: 'green', shape: 'dot' });
  }
}

const USED_UP = { fill: 'yellow', shape: 'ring' } as const;

/** Of one length, whatever was given: so that a comparison tells nothing by the time it takes. */
function hash(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

function noToken(): LocalizedError {
  return new LocalizedError('no_page_key', {
    en: 'This node has no page key, since keys are in no export or example. Open it, which makes one, press Done and deploy.',
    zh: '此节点没有网页密钥（导出的流程和示例都不含密钥）。请打开节点，密钥会自动生成，再点击“完成”并部署。',
  });
}

function noPage(hasSession: boolean): LocalizedError {
  const text = hasSession
    ? {
        en: 'The page of this session is not connected any more, so nobody hears the sound.',
        zh: '此会话的网页已断开，没有人能听到声音。',
      }
    : {
        en: 'No page is open, so nobody hears the sound. Open the link of this node on a phone.',
        zh: '没有打开的网页，没有人能听到声音。请在手机上打开此节点的链接。',
      };
  return new LocalizedError('no_page', text, { badge: 'disconnected' });
}

function notSound(payload: unknown): LocalizedError {
  return badInput('msg.payload', {
    en: `must be a Buffer of sound, or text for a caption, and is ${kindOf(payload)}.`,
    zh: `应为声音 Buffer，或作为字幕的文本，实际为 ${kindOf(payload)}。`,
  });
}

function noSound(): LocalizedError {
  return badInput('msg.payload', { en: 'is empty.', zh: '为空。' });
}
