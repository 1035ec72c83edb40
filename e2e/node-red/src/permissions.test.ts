import { startEmulator, type Emulator } from '@stepvoice/emulator';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { untilAccountRuns, type AdminApi } from './admin-api.ts';
import { NEWEST } from './hosts.ts';
import { startNodeRed, type NodeRedProcess } from './node-red-process.ts';
import { ACCOUNT, toFlow } from './scenarios.ts';

const API_KEY = 'sk-of-the-permission-tests';
const PASSWORD = 'of the tests';
/** bcrypt of it, at the lowest cost. */
const PASSWORD_HASH = '$2y$04$OP7ddPxQHDXF16w6ZarR9ecQyRvA5GTaMNV.Qkdb8khhEiQdCCkUm';

const USERS = {
  everything: '*',
  reader: 'read',
  voices: ['flows.read', 'stepvoice.read'],
  flows: ['flows.read', 'flows.write'],
} as const;
type User = keyof typeof USERS | 'stranger';

const READ = { everything: 200, reader: 200, voices: 200, flows: 401, stranger: 401 } as const;
const WRITE = { everything: 200, reader: 401, voices: 401, flows: 401, stranger: 401 } as const;

let emulator: Emulator;
let nodeRed: NodeRedProcess;
const as = new Map<User, AdminApi>();

beforeAll(async () => {
  emulator = await startEmulator({ apiKey: API_KEY });
  nodeRed = await startNodeRed({
    host: NEWEST,
    userFolder: inject('userFolder'),
    settings: {
      adminAuth: {
        type: 'credentials',
        users: Object.entries(USERS).map(([username, permissions]) => ({
          username,
          password: PASSWORD_HASH,
          permissions,
        })),
      },
    },
  });
  as.set('stranger', nodeRed.admin);
  for (const [user, scope] of Object.entries(USERS)) {
    const asked = typeof scope === 'string' ? scope : scope.join(' ');
    as.set(user as User, await nodeRed.admin.logIn(user, PASSWORD, asked));
  }
  await api('everything').deploy(toFlow({ baseURL: `${emulator.url}/v1`, apiKey: API_KEY }));
  await untilAccountRuns(api('everything'), ACCOUNT);
});
afterAll(async () => {
  await nodeRed?.stop();
  await emulator?.close();
});

function api(user: User): AdminApi {
  const found = as.get(user);
  if (found === undefined) throw new Error(`${user} has not logged in.`);
  return found;
}

describe.each([
  { method: 'GET', path: `stepvoice/accounts/${ACCOUNT}/voices`, allowed: READ },
  { method: 'POST', path: 'stepvoice/voices', allowed: WRITE },
  { method: 'POST', path: 'stepvoice/test', allowed: WRITE },
  // It is billed.
  {
    method: 'GET',
    path: `stepvoice/accounts/${ACCOUNT}/voices/cixingnansheng/sample`,
    allowed: WRITE,
  },
])('$method $path', ({ method, path, allowed }) => {
  it.each(Object.entries(allowed) as [User, number][])(
    'is answered to %s with %i',
    async (user, status) => {
      const body =
        method === 'POST' ? { id: ACCOUNT, baseURL: `${emulator.url}/v1`, apiKey: '' } : undefined;
      const before = emulator.log.length;
      const answer = await api(user).request(method, path, body);
      expect(answer.status).toBe(status);
      expect(JSON.stringify(answer.body)).not.toContain(API_KEY);
      // Nothing was asked, and nothing billed, for who may not.
      expect(status === 401 ? emulator.log.length - before : 0).toBe(0);
    },
  );
});

it('the key goes to no server but that it is stored for', async () => {
  const other = await startEmulator({ apiKey: API_KEY });
  try {
    const body = { id: ACCOUNT, baseURL: `${other.url}/v1`, apiKey: '' };
    const { body: answer } = await api('everything').request('POST', 'stepvoice/test', body);
    expect(answer).toMatchObject({ ok: false, code: 'key_needed' });
    expect(other.log).toEqual([]);
  } finally {
    await other.close();
  }
});
