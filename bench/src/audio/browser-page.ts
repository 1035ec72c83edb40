import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import type { Browser } from 'playwright';
import { rolldown } from 'rolldown';
import type { Figures } from '../harness/row.ts';
import type { AudioTaskOf } from './audio-task.ts';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export type BrowserPage = {
  /** Measures in a page of its own. */
  measureBase64: (task: AudioTaskOf<'base64'>) => Promise<Figures>;
  close: () => Promise<void>;
};

/** A Chromium that is started with the first measurement; without one, its rows say why they are missing. */
export function createBrowserPage(): BrowserPage {
  let opened: Promise<{ browser: Browser; script: string }> | undefined;
  return {
    async measureBase64(task) {
      const { browser, script } = await (opened ??= open());
      const page = await browser.newPage();
      try {
        await page.addScriptTag({ content: script, type: 'module' });
        await page.waitForFunction('"measureBase64" in globalThis');
        const measure = `measureBase64(${JSON.stringify(task)})`;
        // Once for nothing: a page is still busy with itself, and its compiler takes its time.
        await page.evaluate(measure);
        return (await page.evaluate(measure)) as Figures;
      } finally {
        await page.close();
      }
    },
    async close() {
      const running = await opened?.catch(() => undefined);
      await running?.browser.close();
    },
  };
}

async function open(): Promise<{ browser: Browser; script: string }> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? INSTALLED.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium is installed');
  const bundle = await rolldown({
    input: fileURLToPath(new URL('base64-page.ts', import.meta.url)),
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  return { browser, script: output[0].code };
}
