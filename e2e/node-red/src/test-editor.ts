import { startEmulator, type Emulator } from '@stepvoice/emulator';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { untilPageServed } from './admin-api.ts';
import { Comms } from './comms.ts';
import { EditorPage, openChromium } from './editor-page.ts';
import type { Host } from './hosts.ts';
import { startNodeRed, type NodeRedProcess } from './node-red-process.ts';
import { CHANGED_SECRET, changeEveryProperty } from './property-driver.ts';
import {
  ACCOUNT,
  ACCOUNT_TYPE,
  FLOW_DEFINITIONS,
  OTHER_ACCOUNT,
  PAGE_TOKEN,
  definitionOf,
  idsOf,
  scenarioOf,
  toFlow,
} from './scenarios.ts';
import { soundFiles } from './sound-files.ts';

const API_KEY = 'sk-of-the-editor-tests';

/** Of a host, in a language: each node works, fails, and stores what its dialog says. */
export function testEditor(host: Host, language: 'en' | 'zh'): void {
  const locale = language === 'en' ? 'en-US' : 'zh-CN';
  let browser: Browser;
  let emulator: Emulator;
  let nodeRed: NodeRedProcess;
  let comms: Comms;
  let editor: EditorPage;

  beforeAll(async () => {
    browser = await openChromium();
    emulator = await startEmulator({ apiKey: API_KEY });
    nodeRed = await startNodeRed({
      host,
      userFolder: inject('userFolder'),
      files: await soundFiles(emulator),
    });
    await nodeRed.admin.deploy(toFlow({ baseURL: `${emulator.url}/v1`, apiKey: API_KEY }));
    // Until then it does not run, and every test would wait in vain.
    expect(nodeRed.log()).not.toContain('missing types');
    comms = await Comms.open(nodeRed.url);
    editor = await EditorPage.open(browser, nodeRed.url, { locale });
  });
  afterAll(async () => {
    await browser?.close();
    comms?.close();
    await nodeRed?.stop();
    await emulator?.close();
  });

  it.each(FLOW_DEFINITIONS.map(({ type }) => type))(
    '%s works, and says when it fails',
    async (type) => {
      const ids = idsOf(type);
      const { fails, works } = scenarioOf(type);
      await editor.showTab(ids.tab);
      if (works.needsPage === true) {
        await untilPageServed(nodeRed.url, ids.works.node);
        const page = await browser.newPage({ viewport: { width: 390, height: 844 }, locale });
        await page.goto(`${nodeRed.url}/stepvoice/play/${ids.works.node}#${PAGE_TOKEN}`);
        await comms.until('the page', (seen) =>
          seen.badges(ids.works.node).find(({ fill }) => fill === 'green'),
        );
      }
      await editor.pressButton(ids.works.button);
      const output = `${type}-output-${works.output ?? 0}`;
      await comms.until(`a message of ${type}`, () => comms.debugged(output)[0]);
      await comms.until(`a badge of ${type}`, () => comms.badges(ids.works.node)[0]);
      expect(comms.badges(ids.works.node).filter(({ fill }) => fill === 'red')).toEqual([]);

      await editor.pressButton(ids.fails.button);
      const badge = editor.badge(ids.fails.node);
      await badge.filter({ hasText: fails.badge[language] }).waitFor();
      expect(await badge.textContent()).toBe(fails.badge[language]);
      await editor.screenshot(`${type}-${language}-flow`);
    },
  );

  it.each(FLOW_DEFINITIONS.map(({ type }) => type))('%s stores every change', async (type) => {
    const ids = idsOf(type);
    await editor.cancelAll();
    await editor.showTab(ids.tab);
    const form = await editor.openNode(ids.works.node);
    await editor.screenshot(`${type}-${language}-dialog`);
    const dialog = { form, isConfig: false, otherAccount: OTHER_ACCOUNT };
    const wanted = await changeEveryProperty(dialog, definitionOf(type).properties);
    await editor.screenshot(`${type}-${language}-changed`);
    await editor.done();
    await editor.deploy();
    const stored = (await nodeRed.admin.flows()).find(({ id }) => id === ids.works.node);
    expect(stored).toMatchObject(wanted);
  });

  it('the account stores every change, and its key nowhere to be seen', async () => {
    const ids = idsOf('stepvoice-tts');
    await editor.cancelAll();
    await editor.showTab(ids.tab);
    const node = await editor.openNode(ids.fails.node);
    const form = await editor.openConfig(node, 'account');
    await editor.screenshot(`${ACCOUNT_TYPE}-${language}-dialog`);
    const dialog = { form, isConfig: true, otherAccount: ACCOUNT };
    const wanted = await changeEveryProperty(dialog, definitionOf(ACCOUNT_TYPE).properties);
    await editor.screenshot(`${ACCOUNT_TYPE}-${language}-changed`);
    await editor.done('config');
    await editor.done();
    await editor.deploy();
    const flows = await nodeRed.admin.flows();
    expect(flows.find(({ id }) => id === OTHER_ACCOUNT)).toMatchObject(wanted);
    expect(await nodeRed.admin.get(`credentials/${ACCOUNT_TYPE}/${OTHER_ACCOUNT}`)).toEqual({
      has_apiKey: true,
    });
    const seen = [JSON.stringify(flows), nodeRed.log(), comms.everything()].join('\n');
    for (const key of [API_KEY, CHANGED_SECRET]) expect(seen).not.toContain(key);
  });

  it('nothing went wrong that nobody asked for, and it ends when it is told to', async () => {
    expect(editor.strangers).toEqual([]);
    expect(editor.failures).toEqual([]);
    // The editor and the pages of nodes are still open.
    expect(await nodeRed.stop()).toBe(0);
    const failing = /\[error\] \[[\w-]+:stepvoice-\w+-failing\]/;
    expect(nodeRed.complaints().filter((line) => !failing.test(line))).toEqual([]);
  });
}
