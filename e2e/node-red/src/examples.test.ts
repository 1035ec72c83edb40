import { startEmulator, type Emulator } from '@stepvoice/emulator';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { untilPageServed, type FlowItem } from './admin-api.ts';
import { Comms } from './comms.ts';
import { openChromium } from './editor-page.ts';
import { exampleNames } from './example-names.ts';
import { NEWEST } from './hosts.ts';
import { startNodeRed, type NodeRedProcess } from './node-red-process.ts';
import { ACCOUNT_TYPE, PAGE_TOKEN } from './scenarios.ts';

const API_KEY = 'sk-of-the-example-tests';
const PACKAGE = '@stepvoice/node-red';
/** The debug node behind the Catch node of each example. */
const FAILURES = 'what went wrong';

/** Debug nodes that have nothing to show of what the buttons do. */
const SILENT: Readonly<Record<string, readonly string[]>> = {
  'List voices': ['events'],
  'Recipe - Phone assistant with tools': ['lamp is'],
};

let emulator: Emulator;
let nodeRed: NodeRedProcess;
let comms: Comms;
let browser: Browser;

beforeAll(async () => {
  emulator = await startEmulator({ apiKey: API_KEY });
  nodeRed = await startNodeRed({
    host: NEWEST,
    userFolder: inject('userFolder'),
    env: { STEPFUN_API_KEY: API_KEY },
  });
  comms = await Comms.open(nodeRed.url);
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  comms?.close();
  await nodeRed?.stop();
  await emulator?.close();
});

it('the menu offers every example', async () => {
  const menu = await nodeRed.admin.get(`library/examples/flows/${PACKAGE}/`);
  expect((menu as { fn: string }[]).map(({ fn }) => fn).toSorted()).toEqual(exampleNames());
});

it.each(exampleNames())('“%s” runs as it is imported', async (name) => {
  const path = `library/examples/flows/${PACKAGE}/${encodeURIComponent(name)}`;
  const flow = (await nodeRed.admin.get(path)) as FlowItem[];
  // The service's own address would be asked; and the key of a page is made when its dialog is opened.
  await nodeRed.admin.deploy(
    flow.map((item) => {
      if (item.type === ACCOUNT_TYPE) return { ...item, baseURL: `${emulator.url}/v1` };
      if (item.type !== 'stepvoice-play') return item;
      return { ...item, credentials: { token: PAGE_TOKEN } };
    }),
  );
  const phones = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    for (const { id } of flow.filter(({ type }) => type === 'stepvoice-play')) {
      await untilPageServed(nodeRed.url, id);
      const page = await phones.newPage();
      await page.goto(`${nodeRed.url}/stepvoice/play/${id}#${PAGE_TOKEN}`);
      await comms.until('the page', (seen) => seen.badges(id).find(({ fill }) => fill === 'green'));
    }
    for (const { id } of flow.filter((item) => item.type === 'inject' && !isCommand(flow, item))) {
      await nodeRed.admin.inject(id);
    }
    const silent = [FAILURES, ...(SILENT[name] ?? [])];
    const shown = flow.filter(
      (item) => item.type === 'debug' && !silent.includes(String(item['name'])),
    );
    for (const { id, name: what } of shown) {
      await comms.until(`“${String(what)}”`, (seen) => seen.debugged(id)[0]);
    }
    const failures = flow.filter((item) => item['name'] === FAILURES);
    expect(failures).toHaveLength(1);
    expect(failures.flatMap(({ id }) => comms.debugged(id))).toEqual([]);
  } finally {
    await phones.close();
  }
});

it('no example complained, and the last ends when it is told to', async () => {
  expect(await nodeRed.stop()).toBe(0);
  expect(nodeRed.complaints()).toEqual([]);
  expect(`${nodeRed.log()}${comms.everything()}`).not.toContain(API_KEY);
});

/** Whether a button, or what it is wired to, sets `msg.action`: such as to cancel what another began. */
function isCommand(flow: readonly FlowItem[], { props, wires }: FlowItem): boolean {
  const properties = Array.isArray(props) ? props.map(({ p }: { p: string }) => p) : [];
  const targets = Array.isArray(wires) ? (wires.flat() as string[]) : [];
  const rules = flow
    .filter(({ id, type }) => type === 'change' && targets.includes(id))
    .flatMap((item) => item['rules'] as { p: string }[]);
  return [...properties, ...rules.map(({ p }) => p)].some((p) => p === 'action' || p === 'reset');
}
