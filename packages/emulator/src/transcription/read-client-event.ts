import {
  WireTranscriptionSession,
  findTranscriptionSessionIssues,
  modelsServing,
} from '@stepvoice/core/protocol';
import * as v from 'valibot';
import { clip } from '../http/api-error.ts';
import { isRecord } from '../http/request-body.ts';
import { EventFault } from './event-fault.ts';

/** Rates that can be converted. */
const LOWEST_RATE = 1000;
const HIGHEST_RATE = 768_000;

export type ClientEvent = { type: string; fields: Record<string, unknown> };

/** Reads one message, a binary frame that holds JSON too. @throws {EventFault} for what is no event. */
export function parseClientEvent(message: Uint8Array): ClientEvent {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(message));
  } catch {
    throw new EventFault('message is not valid JSON', { code: 'invalid_value' });
  }
  if (!isRecord(event)) {
    throw new EventFault('message must be a JSON object', { code: 'invalid_value' });
  }
  const { type } = event;
  if (typeof type !== 'string') {
    throw new EventFault('type is required', { code: 'missing_param', param: 'type' });
  }
  return { type, fields: event };
}

/**
 * Reads `session` of `session.update`.
 *
 * @throws {EventFault} naming the first field that cannot be used.
 */
export function readSession(session: unknown): WireTranscriptionSession {
  const result = v.safeParse(WireTranscriptionSession, session, { abortEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    const path = v.getDotPath(issue);
    const param = path === null ? 'session' : `session.${path}`;
    throw issue.received === 'undefined'
      ? new EventFault(`${param} is required`, { code: 'missing_param', param })
      : new EventFault(`${param} is not valid: expected ${issue.expected ?? 'another type'}`, {
          code: 'invalid_value',
          param,
        });
  }
  const { model } = result.output.audio.input.transcription ?? {};
  if (model !== undefined && !modelsServing('asr-socket').includes(model)) {
    throw new EventFault(`model ${clip(model)} not supported`, {
      code: 'invalid_value',
      param: 'session.audio.input.transcription.model',
    });
  }
  const issue = findTranscriptionSessionIssues(withKnownRate(result.output))[0];
  if (issue !== undefined) throw notValid(issue.path, issue.allowed);
  const { rate } = result.output.audio.input.format ?? {};
  if (rate !== undefined && (rate < LOWEST_RATE || rate > HIGHEST_RATE)) {
    throw notValid('audio.input.format.rate', `${LOWEST_RATE} to ${HIGHEST_RATE} Hz`);
  }
  return result.output;
}

/** The rate that pcm cannot do without may also stand from an earlier update, and at first it is 16 000. */
function withKnownRate(session: WireTranscriptionSession): WireTranscriptionSession {
  const { input } = session.audio;
  const { format } = input;
  if (format?.type !== 'pcm' || format.rate !== undefined) return session;
  return { ...session, audio: { input: { ...input, format: { ...format, rate: 16_000 } } } };
}

function notValid(path: string, allowed: string): EventFault {
  const param = `session.${path}`;
  return new EventFault(`${param} is not valid: expected ${allowed}`, {
    code: 'invalid_value',
    param,
  });
}
