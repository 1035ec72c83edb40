import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import type { Connection } from '../net/connection.ts';
import { requestIdOf } from '../net/exchange.ts';
import type { WholeAnswer } from '../net/exchange.ts';
import { WireSpeechUrl } from '../protocol/speech-request.ts';
import type { CallErrors } from '../net/call-errors.ts';
import { ForeignAnswer, parseJson } from '../net/foreign-answer.ts';
import type { SpeechFile, Subtitle } from './speech-events.ts';
import { collectBody } from '../net/collect-body.ts';
import { toSpeechFile } from './speech-file.ts';
import type { AskedFor } from './speech-file.ts';
import { toSubtitle } from './wire-mapping.ts';

/** A whole speech that the service keeps at an address of its own, for 12 hours. */
export interface SpeechLink {
  /** Whoever has it can read the file: it needs no key. */
  readonly url: string;
  readonly createdAt: Date | undefined;
  /** Only with `timestamps: true`. */
  readonly subtitles: readonly Subtitle[];
  readonly requestId: string | undefined;
  /**
   * Gets the file. The key is not sent along.
   *
   * @param options.maxBytes most bytes to take into memory; default 128 MiB
   * @throws {ServiceError} for an address that is not https, and for one that has expired.
   */
  download(options?: {
    signal?: AbortSignal | undefined;
    maxBytes?: number | undefined;
  }): Promise<SpeechFile>;
}

/** @throws {StepAudioError} for an answer that names no address. */
export function toSpeechLink(
  answer: WholeAnswer,
  parts: { connection: Connection; asked: AskedFor; errors: CallErrors; maxBytes: number },
): SpeechLink {
  const { connection, asked, errors } = parts;
  const requestId = requestIdOf(answer.head);
  const raw = parseJson(new TextDecoder().decode(answer.body));
  const read = v.safeParse(WireSpeechUrl, raw);
  const url = read.success ? (read.output.data?.url ?? read.output.url) : undefined;
  if (!read.success || url === undefined) {
    const foreign = new ForeignAnswer(answer.head, errors, 'audio');
    foreign.push(answer.body);
    throw foreign.toError();
  }
  const { created, data } = read.output;
  const subtitles = (data?.subtitles ?? []).map(toSubtitle);
  return {
    url,
    createdAt: created === undefined ? undefined : new Date(created * 1000),
    subtitles,
    requestId,
    async download({ signal, maxBytes = parts.maxBytes } = {}) {
      const exchange = await connection.download(url, signal);
      const body = await collectBody(exchange, maxBytes);
      if (body.length === 0) {
        throw new ProtocolError('The address of the service holds an empty file.', {
          code: 'no_audio',
          requestId,
        });
      }
      const file = toSpeechFile({ head: exchange.head, body }, asked, errors);
      return { ...file, subtitles, requestId };
    },
  };
}
