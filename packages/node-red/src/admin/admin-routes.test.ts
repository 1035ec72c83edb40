import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import registerAccount from '../entries/stepvoice-account.ts';
import type { NodeRed, RouteHandler } from '../kit/node-red.ts';
import { startFlowRig, type FlowRig } from '../testing/flow-rig.ts';
import { serveAdminRoutes } from './admin-routes.ts';

const CLONE = 'voice-tone-Qm3xT7bYpa';
/** What the editor shows in place of a stored key. */
const STORED = '__PWRD__';

let rig: FlowRig;
let RED: NodeRed;
let server: Server;
let address: string;

beforeEach(async () => {
  const keepRED = (given: NodeRed): void => {
    RED = given;
  };
  rig = await startFlowRig([keepRED, registerAccount], () => [], {
    emulator: { clonedVoices: [CLONE] },
  });
  // The helper serves the routes of the editor nowhere.
  server = createServer(RED.httpAdmin as unknown as RequestListener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stepvoice`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rig.close();
});

type Answered = { status: number; body: Record<string, unknown> };

async function get(path: string, headers: Record<string, string> = {}): Promise<Answered> {
  return read(await fetch(`${address}/${path}`, { headers }));
}

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  return read(
    await fetch(`${address}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

async function read(response: Response): Promise<Answered> {
  const text = await response.text();
  expect(text).not.toContain(rig.emulator.apiKey);
  return { status: response.status, body: JSON.parse(text) as Record<string, unknown> };
}

const here = (): { region: string; plan: string; baseURL: string } => ({
  region: 'cn',
  plan: 'payg',
  baseURL: `${rig.emulator.url}/v1`,
});

it('asks for a permission on every route', () => {
  const routes: Record<string, unknown> = {};
  const permission =
    (method: string) =>
    (path: string, first: RouteHandler & { permission?: string }): void => {
      routes[`${method} ${path}`] = first.permission;
    };
  const httpAdmin = {
    get: vi.fn<typeof RED.httpAdmin.get>(permission('GET')),
    post: vi.fn<typeof RED.httpAdmin.post>(permission('POST')),
    delete: vi.fn<typeof RED.httpAdmin.delete>(),
  };
  const auth = {
    needsPermission: (name: string) => Object.assign(() => undefined, { permission: name }),
  };
  const fake = { ...RED, httpAdmin, auth };
  serveAdminRoutes(fake);
  serveAdminRoutes(fake);
  expect(routes).toEqual({
    'GET /stepvoice/accounts/:id/voices': 'stepvoice.read',
    'POST /stepvoice/voices': 'stepvoice.write',
    'POST /stepvoice/test': 'stepvoice.write',
    'GET /stepvoice/accounts/:id/voices/:voice/sample': 'stepvoice.write',
  });
  expect(httpAdmin.get).toHaveBeenCalledTimes(2);
});

describe('voices of a deployed account', () => {
  it('come from the service once, and then from memory', async () => {
    const { status, body } = await get('accounts/account/voices');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, isStale: false, fetchedAt: expect.any(String) });
    expect(body['voices']).toContainEqual({
      id: CLONE,
      name: CLONE,
      models: [],
      kind: 'clone',
    });
    expect(body['voices']).toContainEqual(
      expect.objectContaining({ id: 'cixingnansheng', nameZh: '磁性男声', gender: 'male' }),
    );
    rig.emulator.resetCounters();
    await get('accounts/account/voices');
    expect(rig.emulator.log).toEqual([]);
    await get('accounts/account/voices?refresh=1');
    expect(rig.emulator.log.length).toBeGreaterThan(0);
  });

  it('are those of the table with the reason where the service refuses', async () => {
    rig.emulator.faults.add({ fault: 'status:401' });
    const { status, body } = await get('accounts/account/voices');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, isStale: true, fetchedAt: null });
    expect(body).toMatchObject({ problem: { code: 'invalid_api_key' } });
    const refreshed = await get('accounts/account/voices?refresh=1', {
      'accept-language': 'zh-CN',
    });
    // Not 401: the editor would take that for the end of its login.
    expect(refreshed).toMatchObject({ status: 200, body: { ok: false, code: 'invalid_api_key' } });
    expect(refreshed.body['message']).toContain('密钥被拒绝');
  });

  it('are none where there is no such account', async () => {
    const { status, body } = await get('accounts/nobody/voices');
    expect(status).toBe(404);
    expect(body).toMatchObject({ ok: false, code: 'no_account', message: expect.any(String) });
  });
});

describe('an account that is still a dialog', () => {
  it('is tested with the key that was entered, and its voices are listed', async () => {
    const unsaved = { ...here(), apiKey: rig.emulator.apiKey };
    expect(await post('test', unsaved)).toMatchObject({
      status: 200,
      body: { ok: true, durationMs: expect.any(Number) },
    });
    const { body } = await post('voices', unsaved);
    expect(body).toMatchObject({ ok: true, isStale: false });
    expect(rig.emulator.counters.characters).toBe(0);
  });

  it('says what is wrong with a key, a server and a setting', async () => {
    const wrong = await post('test', { ...here(), apiKey: 'sk-wrong' });
    expect(wrong).toMatchObject({ status: 200, body: { ok: false, code: 'invalid_api_key' } });
    expect(JSON.stringify(wrong.body)).not.toContain('sk-wrong');
    const nowhere = { ...here(), baseURL: 'http://127.0.0.1:1/v1', apiKey: 'k' };
    expect((await post('test', nowhere)).body).toMatchObject({ code: 'connection_failed' });
    const plain = { ...here(), baseURL: 'http://192.0.2.1/v1', apiKey: 'k' };
    expect((await post('test', plain)).body).toMatchObject({ code: 'invalid_argument' });
    expect(await post('test', { ...here(), region: 'mars' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_input' },
    });
    expect(await post('test', [])).toMatchObject({ status: 400 });
  });

  it('shows the voices of the table before there is a key', async () => {
    const { body } = await post('voices', { region: 'intl', plan: 'payg', baseURL: '' });
    expect(body).toMatchObject({ ok: true, isStale: true, fetchedAt: null });
    expect(body['voices']).toHaveLength(7);
    expect((await post('test', {})).body).toMatchObject({ ok: false, code: 'no_api_key' });
  });

  it.each([
    ['as it is shown', { apiKey: STORED }],
    ['as it is left out', {}],
  ])('uses the stored key %s, where the address is the same', async (_, entered) => {
    const { body } = await post('test', { id: 'account', ...here(), ...entered });
    expect(body).toMatchObject({ ok: true });
  });

  it.each([
    ['another address', { baseURL: 'http://localhost:1/v1' }],
    ['another region', { region: 'intl' }],
    ['the service itself', { baseURL: '' }],
  ])('does not send the stored key to %s', async (_, changed) => {
    const { body } = await post('test', { id: 'account', ...here(), ...changed, apiKey: STORED });
    expect(body).toMatchObject({ ok: false, code: 'key_needed' });
    expect(rig.emulator.log).toEqual([]);
  });

  it('does not send a variable to an address that nobody has deployed', async () => {
    vi.stubEnv('STEPVOICE_TEST_KEY', rig.emulator.apiKey);
    const unsaved = { ...here(), apiKeyEnv: 'STEPVOICE_TEST_KEY' };
    expect((await post('test', unsaved)).body).toMatchObject({ code: 'key_needed' });
    expect(rig.emulator.log).toEqual([]);
    const deployed = { id: 'account', apiKey: '', ...unsaved };
    expect((await post('test', deployed)).body).toMatchObject({ ok: true });
  });
});

it('speaks a sample once, says what it costs, and asks again after a failure', async () => {
  const path = 'accounts/account/voices/data-voice/sample';
  rig.emulator.faults.add({ fault: 'status:402', endpoint: 'speech', times: 1 });
  expect(await get(path)).toMatchObject({ status: 502, body: { ok: false } });
  const unknown = await get('accounts/account/voices/nobody/sample');
  expect(unknown).toMatchObject({ status: 502, body: { message: expect.any(String) } });
  rig.emulator.resetCounters();

  const [first, second] = await Promise.all([
    fetch(`${address}/${path}`),
    fetch(`${address}/${path}`),
  ]);
  expect(first.headers.get('content-type')).toBe('audio/mpeg');
  const sound = new Uint8Array(await first.arrayBuffer());
  expect(sound.length).toBeGreaterThan(1000);
  expect(new Uint8Array(await second.arrayBuffer())).toEqual(sound);
  const billed = [first, second].map(({ headers }) =>
    Number(headers.get('stepvoice-billed-characters')),
  );
  expect(billed.toSorted((a, b) => a - b)).toEqual([0, rig.emulator.counters.characters]);
  expect(rig.emulator.log).toMatchObject([{ endpoint: 'speech' }]);
});

it('gives a sample up when its account closes', async () => {
  rig.emulator.faults.add({ fault: 'stall', endpoint: 'speech', times: 1 });
  const asked = get('accounts/account/voices/data-voice/sample');
  const endpoints = (): unknown[] => rig.emulator.log.map(({ endpoint }) => endpoint);
  await vi.waitFor(() => expect(endpoints()).toContain('speech'));
  await rig.deploy(() => []);
  expect(await asked).toMatchObject({ status: 502, body: { ok: false } });
});
