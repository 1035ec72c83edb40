import { CapabilityError } from '../errors.ts';
import { CallErrors } from '../net/call-errors.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { readAnswer } from '../protocol/answer.ts';
import { WireSystemVoices } from '../protocol/lists.ts';
import { CLONE_PAGE_RANGE } from '../protocol/voice-clone-rules.ts';
import { WireClonedVoiceList } from '../protocol/voice-clone.ts';
import type { WireClonedVoice } from '../protocol/voice-clone.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type { ClipCheck } from './clip-check.ts';
import { ClonedVoiceIterator } from './cloned-voice-iterator.ts';
import type { ClonedVoicePage, ClonedVoiceQuery } from './cloned-voice-iterator.ts';
import { LISTED_MODEL, isSpokenBy, mergeSystemVoices, tableVoices } from './system-voices.ts';
import type { VoiceClone } from './voice-clone.ts';
import type {
  CloneIterationOptions,
  CloneListOptions,
  VoiceCheckOptions,
  VoiceCloneOptions,
  VoiceListOptions,
  VoicePreviewOptions,
} from './voice-options.ts';
import type { VoicePreview } from './voice-preview.ts';
import { searchVoices } from './voice-search.ts';
import type { ClonedVoice, SystemVoice, Voice, VoiceMatch } from './voice.ts';

/**
 * Voices: those of the service, and those that the account has cloned.
 *
 * All calls throw {@link ValidationError} before anything is sent, {@link CapabilityError} for what the subscription
 * (plan `step-plan`) does not serve, and {@link AuthenticationError}, {@link RateLimitError}, {@link ModerationError},
 * {@link ServiceError}, {@link ConnectionError}, {@link TimeoutError} and {@link ProtocolError} as they come; an abort
 * throws `signal.reason`.
 */
export class Voices {
  readonly #connection: Connection;

  /** `new StepAudio(…).voices` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The voices that can be used, those of the service first, own ones behind, newest first. The subscription does not
   * list those of the service: there they come from the table of this library (`source: 'table'`).
   */
  async list(options: VoiceListOptions = {}): Promise<Voice[]> {
    refuseUnknownOptions(options, ['include', 'model', 'signal']);
    const { include = 'all', model, signal } = options;
    if (!['system', 'own', 'all'].includes(include)) {
      throw toValidationError({ path: 'include', value: include, allowed: 'system, own or all' });
    }
    const voices: Voice[] = [];
    if (include !== 'own') {
      const system = await this.#systemVoices(signal);
      voices.push(...system.filter((voice) => model === undefined || isSpokenBy(voice, model)));
    }
    if (include !== 'system') {
      for await (const voice of this.clones({ signal })) voices.push(voice);
    }
    return voices;
  }

  /**
   * Finds a voice by its id, its Chinese or its English name; a name that none has is answered with those that may have
   * been meant. An official voice is found without asking the service.
   */
  async find(idOrName: string, options: VoiceListOptions = {}): Promise<VoiceMatch> {
    if (typeof idOrName !== 'string' || idOrName.trim() === '') {
      throw toValidationError({ path: 'idOrName', value: idOrName, allowed: 'an id or a name' });
    }
    const { include = 'all', model } = options;
    if (include !== 'own') {
      const known = tableVoices(this.#connection.region).filter(
        (voice) => model === undefined || isSpokenBy(voice, model),
      );
      const match = searchVoices(known, idOrName);
      if (match.voice !== undefined) return match;
    }
    return searchVoices(await this.list(options), idOrName);
  }

  /**
   * All voices that the account has cloned, one after the other; pages are asked for as they are needed. The first
   * request leaves with the first read.
   */
  clones(options: CloneIterationOptions = {}): ClonedVoiceIterator {
    refuseUnknownOptions(options, ['pageSize', 'order', 'signal']);
    const { pageSize = CLONE_PAGE_RANGE[1], order = 'desc', signal } = options;
    checkPage('pageSize', pageSize, order);
    return new ClonedVoiceIterator({
      loadPage: (query, pageSignal) => this.#clonePage(query, pageSignal),
      pageSize,
      order,
      signal,
    });
  }

  /** One page of the voices that the account has cloned. See {@link clones} for all of them. */
  async listClones(options: CloneListOptions = {}): Promise<ClonedVoicePage> {
    refuseUnknownOptions(options, ['limit', 'order', 'before', 'after', 'signal']);
    const { signal, ...query } = options;
    checkPage('limit', query.limit ?? CLONE_PAGE_RANGE[0], query.order ?? 'desc');
    for (const path of ['before', 'after'] as const) {
      const value = query[path];
      if (value !== undefined && (typeof value !== 'string' || value === '')) {
        throw toValidationError({ path, value, allowed: 'the id of a cloned voice' });
      }
    }
    return this.#clonePage(query, signal);
  }

  /**
   * Clones a voice from a clip in which its owner speaks. The clip is checked before it leaves: what cannot be cloned is
   * refused, what the service advises against comes as `warnings`.
   *
   * The service charges for each voice it makes. For the realtime model `stepaudio-2.5-realtime`, clone with
   * `stepaudio-2.5-tts`.
   *
   * @throws {ValidationError} without `consent`; for a clip that is no wav or mp3, lasts less than 1 s or more than 60 s,
   *   or holds no speech.
   */
  async clone(options: VoiceCloneOptions): Promise<VoiceClone> {
    // The check of the clip needs an ear of its own: it is loaded with its first use.
    const { cloneVoice } = await import('./voice-clone.ts');
    return cloneVoice(this.#connection, options);
  }

  /**
   * Looks at a clip as {@link clone} does before it sends one: for a clip that is uploaded and previewed before it is
   * cloned by its `fileId`. Nothing is sent.
   *
   * @throws {ValidationError} for a clip that cannot be cloned.
   */
  async check(options: VoiceCheckOptions): Promise<ClipCheck> {
    const { checkVoiceClip } = await import('./voice-clone.ts');
    return checkVoiceClip(options);
  }

  /** Speaks a few words in the voice of a stored clip. No voice is made; the service charges for what is spoken. */
  async preview(options: VoicePreviewOptions): Promise<VoicePreview> {
    const { previewVoice } = await import('./voice-preview.ts');
    return previewVoice(this.#connection, options);
  }

  async #systemVoices(signal: AbortSignal | undefined): Promise<SystemVoice[]> {
    let exchange;
    try {
      exchange = await this.#connection.request({
        method: 'GET',
        path: '/audio/system_voices',
        query: { model: LISTED_MODEL },
        signal,
      });
    } catch (error) {
      if (error instanceof CapabilityError) return tableVoices(this.#connection.region);
      throw error;
    }
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), 'voices');
    const { requestId } = exchange;
    const wire = readAnswer(WireSystemVoices, raw, { what: 'a list of voices', requestId });
    return mergeSystemVoices(wire);
  }

  async #clonePage(
    query: ClonedVoiceQuery,
    signal: AbortSignal | undefined,
  ): Promise<ClonedVoicePage> {
    const named = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    );
    const exchange = await this.#connection.request({
      method: 'GET',
      path: '/audio/voices',
      query: Object.fromEntries(named),
      signal,
    });
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), 'voices');
    const { requestId } = exchange;
    const wire = readAnswer(WireClonedVoiceList, raw, { what: 'a list of voices', requestId });
    return { voices: wire.data.map(toClonedVoice), hasMore: wire.has_more };
  }
}

function toClonedVoice({
  id,
  file_id: fileId,
  created_at: createdAt,
}: WireClonedVoice): ClonedVoice {
  return {
    kind: 'clone',
    id,
    fileId,
    createdAt: createdAt === undefined ? undefined : new Date(createdAt * 1000),
  };
}

function checkPage(path: 'limit' | 'pageSize', size: number, order: string): void {
  const [least, most] = CLONE_PAGE_RANGE;
  if (!Number.isInteger(size) || size < least || size > most) {
    throw toValidationError({
      path,
      value: size,
      allowed: `a whole number from ${least} to ${most}`,
    });
  }
  if (order !== 'asc' && order !== 'desc') {
    throw toValidationError({ path: 'order', value: order, allowed: 'asc or desc' });
  }
}
