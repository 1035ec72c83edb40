import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Locator, type Page } from 'playwright';

/** What of the editor's own objects is read here. */
type EditorGlobals = {
  RED: {
    nodes: { dirty(): boolean };
    workspaces: { show(id: string): void };
  };
};

const SCREENSHOTS = fileURLToPath(new URL('../../../.results/node-red', import.meta.url));

export function openChromium(): Promise<Browser> {
  const executablePath =
    process.env['CHROMIUM_PATH'] ??
    ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (executablePath === undefined) {
    throw new Error(
      'Chromium is missing: install the Debian package "chromium", or set CHROMIUM_PATH.',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      // Of the pages that nodes serve.
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
    ],
  });
}

/** Node-RED's editor in a page of its own, driven by what a user sees. */
export class EditorPage {
  readonly page: Page;
  /** Addresses that were asked for and are not the runtime's. */
  readonly strangers: string[] = [];
  /** What the page itself complained about. */
  readonly failures: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    const { origin } = new URL(url);
    page.on('request', (request) => {
      const asked = new URL(request.url());
      if (asked.protocol.startsWith('http') && asked.origin !== origin) {
        this.strangers.push(asked.href);
      }
    });
    page.on('pageerror', (error) => this.failures.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.failures.push(message.text());
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.failures.push(`${response.status()} ${response.url()}`);
    });
  }

  /** @param locale as of the browser: the editor follows it */
  static async open(
    browser: Browser,
    url: string,
    options: { locale?: string; colorScheme?: 'dark' | 'light' } = {},
  ): Promise<EditorPage> {
    const { locale = 'en-US', colorScheme = 'light' } = options;
    const context = await browser.newContext({
      locale,
      colorScheme,
      viewport: { width: 1400, height: 900 },
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const editor = new EditorPage(page, url);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.locator('#red-ui-workspace-chart .red-ui-flow-node').first().waitFor();
    // As long as it is there it swallows clicks.
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    return editor;
  }

  async showTab(id: string): Promise<void> {
    await this.page.evaluate(
      (tab) => (globalThis as unknown as EditorGlobals).RED.workspaces.show(tab),
      id,
    );
    await this.page.locator('#red-ui-workspace-chart .red-ui-flow-node').first().waitFor();
  }

  node(id: string): Locator {
    return this.page.locator(`[id="${id}"]`);
  }

  /** Double-clicks a node. @returns its dialog */
  async openNode(id: string): Promise<Locator> {
    await this.node(id).locator('rect.red-ui-flow-node').dblclick();
    return this.#opened('dialog-form');
  }

  /** From a node's dialog into that of its account. */
  async openConfig(dialog: Locator, property: string): Promise<Locator> {
    // The first is Node-RED 5's, the other 4's.
    await dialog
      .locator(`#node-input-btn-${property}-edit, #node-input-lookup-${property}`)
      .click();
    return this.#opened('node-config-dialog-edit-form');
  }

  async #opened(form: string): Promise<Locator> {
    const dialog = this.page.locator(`.red-ui-tray #${form}`);
    await dialog.waitFor();
    // It slides in; what is clicked before it stands is missed.
    await this.page
      .locator('#node-dialog-ok, #node-config-dialog-ok')
      .last()
      .click({ trial: true });
    return dialog;
  }

  /** Presses Done, in the dialog of a node or of an account. */
  async done(of: 'node' | 'config' = 'node'): Promise<void> {
    const button = this.page.locator(of === 'node' ? '#node-dialog-ok' : '#node-config-dialog-ok');
    await button.click();
    await button.waitFor({ state: 'detached' });
  }

  /** Closes what a failed test has left open. */
  async cancelAll(): Promise<void> {
    const cancel = this.page.locator('#node-dialog-cancel, #node-config-dialog-cancel').last();
    while (await cancel.isVisible()) {
      await cancel.click();
      await this.page.locator('#red-ui-editor-shade').waitFor({ state: 'hidden' });
    }
  }

  /** Presses Deploy and waits until the runtime has taken it. */
  async deploy(): Promise<void> {
    const answered = this.page.waitForResponse(
      (response) =>
        response.request().method() === 'POST' && new URL(response.url()).pathname === '/flows',
    );
    await this.page.locator('#red-ui-header-button-deploy').click();
    const response = await answered;
    if (!response.ok()) throw new Error(`The deploy was answered with ${response.status()}.`);
    await this.page.waitForFunction(
      () => !(globalThis as unknown as EditorGlobals).RED.nodes.dirty(),
    );
  }

  /** Presses the button of an inject node. */
  async pressButton(id: string): Promise<void> {
    await this.node(id).locator('.red-ui-flow-node-button').click();
  }

  badge(id: string): Locator {
    return this.node(id).locator('.red-ui-flow-node-status-label');
  }

  /** Into `.results/node-red/`. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}
