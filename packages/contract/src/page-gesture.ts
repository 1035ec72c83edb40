import { userEvent } from 'vitest/browser';

const WAIT_MS = 8000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for something that a page does by itself. */
export async function until(condition: () => boolean): Promise<void> {
  for (const start = performance.now(); !condition(); await sleep(5)) {
    if (performance.now() - start > WAIT_MS) throw new Error('what was waited for never came');
  }
}

/** A real click, which browsers want to have seen before a page may sound. */
export async function clickPage(): Promise<void> {
  const button = document.createElement('button');
  button.textContent = 'Turn sound on';
  document.body.append(button);
  await userEvent.click(button);
  button.remove();
}
