import type { IncomingMessage } from 'node:http';
import type { Ledger } from '../counters.ts';
import { FaultSyntaxError } from '../faults/fault.ts';
import type { FaultPlan, FaultRule } from '../faults/fault-plan.ts';
import { ApiError, invalidParameters, methodNotAllowed } from './api-error.ts';
import { isRecord, parseJson, readBytes } from './request-body.ts';

export type AdminAnswer = { status: number; body: unknown };

/**
 * Answers `/_emulator/…`, for whoever has the key: `faults` (GET, POST, DELETE), `counters` (GET, DELETE), `log` (GET).
 *
 * @throws {ApiError}
 */
export async function answerAdmin(
  name: string,
  request: IncomingMessage,
  parts: { plan: FaultPlan; ledger: Ledger; url: string },
): Promise<AdminAnswer> {
  refuseForeignOrigin(request, parts.url);
  const { plan, ledger } = parts;
  const action = `${request.method ?? ''} ${name}`;
  if (action === 'GET faults') return { status: 200, body: { rules: plan.list() } };
  if (action === 'POST faults') {
    for (const rule of readRules(await readBytes(request))) addRule(plan, rule);
    return { status: 201, body: { rules: plan.list() } };
  }
  if (action === 'DELETE faults') {
    plan.clear();
    return { status: 200, body: { rules: [] } };
  }
  if (action === 'GET counters') return { status: 200, body: ledger.counters };
  if (action === 'DELETE counters') {
    ledger.reset();
    return { status: 200, body: ledger.counters };
  }
  if (action === 'GET log') return { status: 200, body: { requests: ledger.log } };
  if (name === 'faults') throw methodNotAllowed(['GET', 'POST', 'DELETE']);
  if (name === 'counters') throw methodNotAllowed(['GET', 'DELETE']);
  if (name === 'log') throw methodNotAllowed(['GET']);
  throw new ApiError(404, 'not_found', 'there are /_emulator/faults, /counters and /log');
}

/** A page somewhere else that knows the key of a demo must not turn its emulator against it. */
function refuseForeignOrigin(request: IncomingMessage, url: string): void {
  const { origin } = request.headers;
  if (origin === undefined || origin === url) return;
  throw new ApiError(403, 'permission_denied', 'requests from pages of other origins are refused');
}

function readRules(bytes: Uint8Array): FaultRule[] {
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^[[{]/.test(text)) return [{ fault: text }];
  const value = parseJson(text);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    // A bare fault is as good as a rule that says nothing else.
    if (isRecord(entry) && 'kind' in entry) return { fault: entry as FaultRule['fault'] };
    return entry as FaultRule;
  });
}

function addRule(plan: FaultPlan, rule: FaultRule): void {
  try {
    plan.add(rule);
  } catch (error) {
    if (error instanceof FaultSyntaxError) throw invalidParameters(error.message);
    throw error;
  }
}
