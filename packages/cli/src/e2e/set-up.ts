import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { CliHome } from '../testing/cli-process.ts';
import { EmulatorAdmin } from '../testing/emulator-admin.ts';

/** Stands in for a user's key: no run may ever print it. */
export const SECRET_KEY = 'sk-never-printed-8d1f0c7e55aa';

export type E2e = {
  /** A new one for each test. */
  home: CliHome;
  /** Environment of a run that speaks with the emulator all tests share. */
  shared: { STEPFUN_BASE_URL: string; STEPFUN_API_KEY: string };
  emulator: EmulatorAdmin;
};

/** Starts the emulator, through the command line itself, and gives every test a home of its own. */
export function setUp(): E2e {
  const e2e = {} as E2e;
  let server: CliHome;
  beforeAll(async () => {
    server = await CliHome.create();
    const serving = server.start(['serve', '--json', '--pace', 'fast']);
    await serving.until(/\}\n/);
    const { url, apiKey } = JSON.parse(serving.stdout.toString()) as {
      url: string;
      apiKey: string;
    };
    e2e.shared = { STEPFUN_BASE_URL: url, STEPFUN_API_KEY: apiKey };
    e2e.emulator = new EmulatorAdmin(url, apiKey);
  });
  beforeEach(async () => {
    e2e.home = await CliHome.create();
    await e2e.emulator.reset();
  });
  afterEach(async () => {
    const printed = Buffer.concat(e2e.home.printed).toString();
    await e2e.home.remove();
    expect(printed).not.toContain(SECRET_KEY);
    // No stack of a program that crashed.
    expect(printed).not.toMatch(/\n {4}at /);
  });
  afterAll(() => server.remove());
  return e2e;
}
