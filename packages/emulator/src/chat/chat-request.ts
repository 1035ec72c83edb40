import { WireChatRequest, findChatRequestIssues, findModel } from '@stepvoice/core/protocol';
import type { ChatSound, Issue } from '@stepvoice/core/protocol';
import * as v from 'valibot';
import { clip, invalidParameters, modelNotSupported } from '../http/api-error.ts';
import { isRecord } from '../http/request-body.ts';
import type { Plan } from '../http/routes.ts';
import { isChatVoice } from './chat-voices.ts';

type Fields = Record<string, unknown>;

/** The subscription has this one only. */
const STEP_PLAN_MODEL = 'stepaudio-2.5-chat';
/** More answers to one request are nobody's wish. */
const MOST_ANSWERS = 16;
/** What other services and servers of the open weights call the roles. */
const ROLES: Readonly<Record<string, string>> = { developer: 'system', human: 'user' };

/**
 * Reads a body of `POST /chat/completions`, except what can only be known by decoding its sounds.
 *
 * @throws {ApiError} 400 with the service's words where they are known.
 */
export function readChatRequest(body: Fields, plan: Plan | undefined): WireChatRequest {
  const result = v.safeParse(WireChatRequest, forgive(body), { abortEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    const path = v.getDotPath(issue) ?? 'request body';
    const given = issue.received === 'undefined' ? 'is required' : 'is not valid';
    throw invalidParameters(`${path} ${given}: expected ${issue.expected ?? 'another value'}`);
  }
  const request = result.output;
  const { model, audio, n = 1 } = request;
  const isServed = findModel(model)?.endpoints.includes('chat') === true;
  if (!isServed || (plan === 'step-plan' && model !== STEP_PLAN_MODEL)) {
    throw modelNotSupported(model);
  }
  refuseIssues(request, []);
  if (n > MOST_ANSWERS) throw invalidParameters(`n is not valid: expected at most ${MOST_ANSWERS}`);
  if (isSpoken(request) && audio?.voice !== undefined && !isChatVoice(audio.voice, model)) {
    throw invalidParameters(`voice ${clip(audio.voice)} is not valid`);
  }
  return request;
}

/** Whether the answer is to be spoken. */
export function isSpoken({ modalities }: WireChatRequest): boolean {
  return modalities?.includes('audio') === true;
}

/** @throws {ApiError} 400 for the first thing that is wrong. */
export function refuseIssues(request: WireChatRequest, sounds: readonly ChatSound[]): void {
  const issue = findChatRequestIssues(request, sounds)[0];
  if (issue !== undefined) throw invalidParameters(toWords(issue));
}

function toWords({ path, allowed }: Issue): string {
  return `${path} is not valid: expected ${allowed}`;
}

/** What the service and others like it forgive, brought into the form of the shared schema. */
function forgive(body: Fields): Fields {
  // The OpenAI JavaScript SDK sends `extra_body` as it stands where the one for Python spreads it.
  const { extra_body: extra, ...own } = body;
  const fields = dropNulls(isRecord(extra) ? { ...extra, ...own } : own);
  const { max_completion_tokens: limit, messages } = fields;
  if (fields['max_tokens'] === undefined && limit !== undefined) fields['max_tokens'] = limit;
  if (Array.isArray(messages)) fields['messages'] = messages.map(forgiveMessage);
  return fields;
}

function forgiveMessage(message: unknown): unknown {
  if (!isRecord(message)) return message;
  const { role } = message;
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : role;
  return { ...message, role: known };
}

function dropNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
