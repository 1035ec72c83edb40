import { afterEach, describe, expect, it, vi } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerVoice from '../../entries/stepvoice-voice.ts';
import { findAccount, type AccountHandle } from '../../kit/account-handle.ts';
import type { NodeRed } from '../../kit/node-red.ts';
import { startFlowRig, type FlowRig } from '../../testing/flow-rig.ts';

let rig: FlowRig;
let RED: NodeRed;
afterEach(async () => {
  vi.unstubAllEnvs();
  await rig.close();
});

const keepRED = (given: NodeRed): void => {
  RED = given;
};

async function start(options: Parameters<typeof startFlowRig>[2] = {}): Promise<AccountHandle> {
  rig = await startFlowRig(
    [keepRED, registerAccount, registerVoice],
    (account) => [
      { id: 'voice', type: 'stepvoice-voice', account, include: 'own', wires: [['out'], []] },
      { id: 'out', type: 'helper' },
      { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
      { id: 'caught', type: 'helper' },
    ],
    options,
  );
  return findAccount(RED, 'account');
}

const WITHOUT_KEY = { credentials: { account: {} } };

describe('the key', () => {
  it('is taken from the variable that is named, which may be set later', async () => {
    const account = await start({ ...WITHOUT_KEY, account: { apiKeyEnv: 'STEPVOICE_TEST_KEY' } });
    rig.send('voice', {});
    expect(await rig.next('caught')).toMatchObject({ error: { code: 'no_api_key' } });
    vi.stubEnv('STEPVOICE_TEST_KEY', ` ${rig.emulator.apiKey}\n`);
    rig.send('voice', {});
    expect(await rig.next('out')).toMatchObject({ payload: [] });
    expect(await account.client()).toBe(await account.client());
  });

  it('is needed at the service itself', async () => {
    await start({ ...WITHOUT_KEY, account: { baseURL: '' } });
    rig.send('voice', {});
    const { error } = (await rig.next('caught')) as { error?: { code: string; message: string } };
    expect(error).toMatchObject({ code: 'no_api_key', cause: { path: 'apiKey' } });
    expect(rig.emulator.log).toHaveLength(0);
    const shown = (): unknown => rig.statuses('voice').at(-1);
    await expect.poll(shown).toMatchObject({ text: 'stepvoice-voice.status.noKey' });
  });

  it('in a header is refused, and not repeated', async () => {
    await start({ account: { headers: 'X-Team: 7\nauthorization: Bearer sk-geheim' } });
    rig.send('voice', {});
    const { error } = (await rig.next('caught')) as { error?: { message: string } };
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error?.message).toContain('headers, 2');
    expect(JSON.stringify(error)).not.toContain('geheim');
  });
});

it('sends its headers, and tries as often as it is told', async () => {
  await start({ account: { headers: 'X-Team: 7', attempts: 1 } });
  rig.emulator.faults.add({ fault: 'status:500', times: 1 });
  rig.send('voice', {});
  expect(await rig.next('caught')).toMatchObject({ error: { cause: { status: 500 } } });
  rig.send('voice', {});
  await rig.next('out');
  expect(rig.emulator.log).toHaveLength(2);
});

it('holds all of its nodes to its limit', async () => {
  const account = await start({ emulator: {}, account: { maxParallel: '1' } });
  const client = await account.client();
  await Promise.all(Array.from({ length: 4 }, () => client.voices.listClones()));
  // One after the other, a single connection is enough.
  expect(rig.emulator.log.map(({ connection }) => connection)).toEqual([1, 1, 1, 1]);
});

it('works with a server that needs no key', async () => {
  await start({ ...WITHOUT_KEY });
  rig.send('voice', {});
  await rig.next('caught');
  expect(rig.emulator.log).toMatchObject([{ authorization: 'none', status: 401 }]);
});

it('refuses settings that no client can be made of, with the reason', async () => {
  const account = await start({ account: { baseURL: 'http://192.0.2.1/v1' } });
  await expect(account.client()).rejects.toMatchObject({ path: 'baseURL' });
  await expect(account.voices({ refresh: true })).rejects.toMatchObject({ path: 'baseURL' });
  const list = await account.voices();
  expect(list).toMatchObject({ isStale: true, fetchedAt: undefined });
  expect(list.voices.length).toBeGreaterThan(30);
});

it('makes no new client once it is closed', async () => {
  const account = await start();
  await account.client();
  await rig.deploy(() => []);
  const next = findAccount(RED, 'account');
  expect(next).not.toBe(account);
  await expect(account.client()).rejects.toMatchObject({ name: 'NodeClosed' });
});

it('goes by the proxies of its environment', async () => {
  vi.stubEnv('https_proxy', 'socks5://user:geheim@proxy.example');
  const account = await start();
  await expect(account.client()).rejects.toMatchObject({
    path: 'proxyEnv.https_proxy',
    message: expect.not.stringContaining('geheim'),
  });
  vi.stubEnv('https_proxy', 'http://127.0.0.1:1');
  // What is on this machine is reached directly.
  expect(await account.voices({ refresh: true })).toMatchObject({ isStale: false });
});

it('lets go of a list that is on its way when it closes', async () => {
  const account = await start();
  rig.emulator.faults.add({ fault: 'latency:60000' });
  const ending = account.voices({ refresh: true }).catch((error: unknown) => error);
  await expect.poll(() => rig.emulator.log.length).toBe(1);
  await Promise.all([rig.deploy(() => []), rig.deploy(() => [])]);
  expect(await ending).toMatchObject({ name: 'NodeClosed' });
  await expect.poll(() => rig.emulator.counters.openRequests).toBe(0);
});
