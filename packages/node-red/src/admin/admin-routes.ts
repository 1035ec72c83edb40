import { READ_PERMISSION, WRITE_PERMISSION } from '../definition/palette.ts';
import { findAccount, type AccountHandle } from '../kit/account-handle.ts';
import { loadCore } from '../kit/core.ts';
import { badInput, toFlowError, type FlowError } from '../kit/flow-error.ts';
import type {
  AdminRequest,
  AdminResponse,
  NodeRed,
  RouteHandler,
  Routes,
} from '../kit/node-red.ts';
import { createAccountClient } from '../nodes/account/account-client.ts';
import { readUnsavedAccount } from './unsaved-account.ts';
import { toVoiceAnswer } from './voice-entry.ts';
import { VoiceSamples } from './voice-samples.ts';

/** Somebody sits in front of a dialog. */
const TRY_LIMITS = { timeouts: { connectMs: 5000, firstByteMs: 10_000 }, attempts: 1 };
/** Nobody has to wait for the picker's list so long that a single slow attempt decides. */
const LIST_LIMITS = { timeouts: { connectMs: 5000, firstByteMs: 10_000 }, attempts: 2 };
const LONGEST_ID = 200;

type Answer = Record<string, unknown>;

/** Servers that have the routes: node files are called once for each node set, and again for each runtime. */
const served = new WeakSet<Routes>();

/**
 * The routes of the editor, in front of the deployed accounts and of those that are still a dialog. They answer
 * `{ ok: true, … }` or `{ ok: false, code, message }`, the message in the reader's language, and never a key.
 *
 * No failure of the service is a 401 here: the editor takes that for the end of its own login.
 */
export function serveAdminRoutes(RED: NodeRed): void {
  const { httpAdmin } = RED;
  if (served.has(httpAdmin)) return;
  served.add(httpAdmin);
  const samples = new VoiceSamples();
  const mayRead = RED.auth.needsPermission(READ_PERMISSION);
  const mayWrite = RED.auth.needsPermission(WRITE_PERMISSION);

  httpAdmin.get(
    '/stepvoice/accounts/:id/voices',
    mayRead,
    answer(async (request, signal) => {
      const account = accountOf(RED, request);
      const isRefresh = request.query['refresh'] !== undefined && request.query['refresh'] !== '0';
      const list = await account.voices({ refresh: isRefresh, signal });
      const problem =
        list.problem === undefined
          ? {}
          : { problem: told(toFlowError(list.problem, languageOf(request))) };
      return { ...toVoiceAnswer(list), ...problem };
    }),
  );
  httpAdmin.post(
    '/stepvoice/voices',
    mayWrite,
    answer(async (request, signal) => {
      const unsaved = readUnsavedAccount(RED, request.body);
      const { settings } = unsaved;
      const { tableVoices } = await loadCore();
      const table = { voices: tableVoices(settings.region), fetchedAt: undefined, isStale: true };
      const apiKey = unsaved.findKey();
      if (apiKey === undefined && settings.baseURL === undefined) return toVoiceAnswer(table);
      await using client = await createAccountClient(settings, apiKey, LIST_LIMITS);
      const voices = await client.voices.list({ signal });
      return toVoiceAnswer({ voices, fetchedAt: new Date(), isStale: false });
    }),
  );
  httpAdmin.post(
    '/stepvoice/test',
    mayWrite,
    answer(async (request, signal) => {
      const unsaved = readUnsavedAccount(RED, request.body);
      await using client = await createAccountClient(
        unsaved.settings,
        unsaved.findKey(),
        TRY_LIMITS,
      );
      const startedMs = performance.now();
      // Free of charge, and served by every plan.
      await client.voices.listClones({ limit: 1, signal });
      return { durationMs: Math.round(performance.now() - startedMs) };
    }),
  );
  // It costs money: not for those who may only look.
  httpAdmin.get('/stepvoice/accounts/:id/voices/:voice/sample', mayWrite, (request, response) => {
    const work = async (): Promise<void> => {
      const account = accountOf(RED, request);
      const { model } = request.query;
      const sample = await samples.get(
        account,
        readId(request.params['voice'], 'voice'),
        typeof model === 'string' && model !== '' ? readId(model, 'model') : undefined,
      );
      response.writeHead(200, {
        'content-type': sample.mediaType,
        'content-length': sample.bytes.length,
        'cache-control': 'private, max-age=3600',
        'x-content-type-options': 'nosniff',
        'stepvoice-billed-characters': sample.billedCharacters,
      });
      response.end(sample.bytes);
    };
    // Whoever wants a sound must see that this is none.
    work().catch((error: unknown) => fail(request, response, error, 502));
  });
}

/** A route that answers with JSON, and gives up when its reader has gone. */
function answer(
  work: (request: AdminRequest, signal: AbortSignal) => Promise<Answer>,
): RouteHandler {
  return (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort(new Error('The request was closed.')));
    work(request, gone.signal).then(
      (found) => {
        if (!gone.signal.aborted) sendJson(response, 200, { ok: true, ...found });
      },
      (error: unknown) => {
        if (!gone.signal.aborted) fail(request, response, error);
      },
    );
  };
}

/** @param otherwise the status where nothing is wrong with the request. A test that finds a fault has done what it should. */
function fail(
  request: AdminRequest,
  response: AdminResponse,
  error: unknown,
  otherwise = 200,
): void {
  const failure = toFlowError(error, languageOf(request));
  sendJson(response, STATUSES[failure.code] ?? otherwise, { ok: false, ...told(failure) });
}

const STATUSES: Readonly<Record<string, number>> = { no_account: 404, invalid_input: 400 };

function sendJson(response: AdminResponse, status: number, value: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

function told({ code, message }: FlowError): { code: string; message: string } {
  return { code, message };
}

function accountOf(RED: NodeRed, request: AdminRequest): AccountHandle {
  return findAccount(RED, request.params['id']);
}

function readId(value: string | undefined, where: string): string {
  if (value !== undefined && value.trim() !== '' && value.length <= LONGEST_ID) return value;
  throw badInput(where, {
    en: `must have 1 to ${LONGEST_ID} characters.`,
    zh: `长度应为 1 到 ${LONGEST_ID} 个字符。`,
  });
}

/** As the editor sends it with its requests. */
function languageOf({ headers }: AdminRequest): 'en' | 'zh' {
  return headers['accept-language']?.toLowerCase().startsWith('zh') === true ? 'zh' : 'en';
}
