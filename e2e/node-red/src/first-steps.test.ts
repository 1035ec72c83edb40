import { startEmulator, type Emulator } from '@stepvoice/emulator';
import type { Browser, Locator } from 'playwright';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { untilAccountRuns, untilPageServed } from './admin-api.ts';
import { Comms } from './comms.ts';
import { EditorPage, openChromium } from './editor-page.ts';
import { NEWEST } from './hosts.ts';
import { startNodeRed, type NodeRedProcess } from './node-red-process.ts';
import { ACCOUNT_TYPE } from './scenarios.ts';

const API_KEY = 'sk-of-the-first-steps';
const NODE = 'speaks';

let browser: Browser;
let emulator: Emulator;
let nodeRed: NodeRedProcess;
let editor: EditorPage;

beforeAll(async () => {
  browser = await openChromium();
  emulator = await startEmulator({ apiKey: API_KEY });
  nodeRed = await startNodeRed({ host: NEWEST, userFolder: inject('userFolder') });
  await nodeRed.admin.deploy([
    { id: 'tab', type: 'tab', label: 'first steps' },
    { id: NODE, type: 'stepvoice-tts', z: 'tab', x: 300, y: 300, wires: [[], []] },
  ]);
  editor = await EditorPage.open(browser, nodeRed.url);
});
afterAll(async () => {
  await browser?.close();
  await nodeRed?.stop();
  await emulator?.close();
});

const row = (form: Locator, property: string): Locator =>
  form.locator('.form-row', { has: editor.page.locator(`#node-input-${property}`) });

async function openPicker(form: Locator): Promise<Locator> {
  await row(form, 'voice').locator('.red-ui-typedInput-option-expand').click();
  const picker = form.locator('.stepvoice-picker');
  await picker.getByText(/\d+ voices, as of/).waitFor();
  return picker;
}

it('from no account to a voice that was searched, heard and deployed', async () => {
  const form = await editor.openNode(NODE);
  await form.locator('#node-input-btn-account-add').click();
  const account = editor.page.locator('.red-ui-tray #node-config-dialog-edit-form');
  await account.locator('.stepvoice-advanced summary').click();
  await account.locator('#node-config-input-baseURL').fill(`${emulator.url}/v1`);
  const key = account.locator('#node-config-input-apiKey');
  const result = account.locator('.stepvoice-result');
  await key.fill('sk-that-is-wrong');
  await account.getByRole('button', { name: 'Test the connection' }).click();
  await account.locator('.stepvoice-result[data-look=bad]').waitFor();
  expect(await result.textContent()).toMatch(/key/);
  await key.fill(API_KEY);
  await account.getByRole('button', { name: 'Test the connection' }).click();
  await account.locator('.stepvoice-result[data-look=good]').waitFor();
  expect(await result.textContent()).toMatch(/^Works\. Answered in \d+ ms\.$/);
  await editor.done('config');

  // Nothing is deployed yet.
  const picker = await openPicker(form);
  const voices = picker.locator('.stepvoice-voice');
  const all = await voices.count();
  expect(all).toBeGreaterThan(20);
  await picker.getByRole('combobox').selectOption('en');
  const english = await voices.count();
  expect(english).toBeGreaterThan(0);
  expect(english).toBeLessThan(all);
  await picker.getByRole('combobox').selectOption('');
  await picker.getByRole('searchbox').fill('zzz');
  await picker.getByText('No voice matches.').waitFor();
  await picker.getByRole('searchbox').fill('livelybreezy');
  expect(await voices.count()).toBe(1);
  await picker.getByRole('button', { name: /^Listen to/ }).click();
  await picker.getByText(/Deploy the account first/).waitFor();
  await picker.getByRole('searchbox').press('ArrowDown');
  await editor.page.keyboard.press('Enter');
  await picker.waitFor({ state: 'hidden' });
  const slider = row(form, 'speed').locator('.stepvoice-slider');
  await slider.focus();
  await slider.press('ArrowRight');
  await editor.screenshot('first-steps');
  await editor.done();
  await editor.deploy();
  const flows = await nodeRed.admin.flows();
  await untilAccountRuns(
    nodeRed.admin,
    String(flows.find(({ type }) => type === ACCOUNT_TYPE)?.id),
  );
  const stored = flows.find(({ id }) => id === NODE);
  expect(stored).toMatchObject({ voice: 'livelybreezy-female', voiceType: 'voice' });
  expect(Number(stored?.['speed'])).toBeGreaterThan(1);

  const again = await editor.openNode(NODE);
  const reopened = await openPicker(again);
  await reopened.getByRole('searchbox').fill('livelybreezy');
  const heard = editor.page.waitForResponse((response) => response.url().includes('/sample'));
  const listen = reopened.getByRole('button', { name: /^Listen to/ });
  await listen.click();
  expect((await heard).status()).toBe(200);
  await listen.locator('.fa-stop').waitFor();
  // It ends by itself.
  await listen.locator('.fa-play').waitFor();
  await editor.page.keyboard.press('Escape');
  await reopened.waitFor({ state: 'hidden' });
  expect(editor.strangers).toEqual([]);
});

it('an imported phone page gets its key in its dialog, and its link lets a phone in', async () => {
  const comms = await Comms.open(nodeRed.url);
  const phones = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    await editor.cancelAll();
    const item = { id: 'page', type: 'stepvoice-play', z: 'tab', x: 300, y: 400, wires: [[], []] };
    await nodeRed.admin.deploy([{ id: 'tab', type: 'tab', label: 'phones' }, item]);
    await comms.until('the badge', (seen) =>
      seen.badges('page').find(({ fill }) => fill === 'red'),
    );
    await editor.page.reload();
    await editor.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    const form = await editor.openNode('page');
    const link = await form.getByRole('link').getAttribute('href');
    expect(link).toMatch(/\/stepvoice\/play\/page#[\w-]{16,}$/);
    await editor.done();
    await editor.deploy();
    await untilPageServed(nodeRed.url, 'page');
    const phone = await phones.newPage();
    await phone.goto(String(link));
    await comms.until('the phone', (seen) =>
      seen.badges('page').find(({ fill }) => fill === 'green'),
    );
    const stranger = await phones.newPage();
    await stranger.goto(String(link).replace(/#.*/, '#another-key-of-the-same-kind'));
    await stranger.getByText('The key in this link is no longer valid.').waitFor();
    expect(JSON.stringify(await nodeRed.admin.flows())).not.toContain(String(link).split('#')[1]);
  } finally {
    await phones.close();
    comms.close();
  }
});
