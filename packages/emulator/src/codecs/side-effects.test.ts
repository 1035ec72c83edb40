import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const codecs = JSON.stringify(new URL('./index.ts', import.meta.url).href);

test('encoding leaves the process as it was, asks nothing of the network, and prints nothing', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@stepvoice/source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      `
      globalThis.fetch = () => { throw new Error('fetch was called'); };
      const snapshot = () => JSON.stringify([
        ['uncaughtException', 'unhandledRejection', 'exit', 'SIGINT'].map((name) => process.listenerCount(name)),
        Object.keys(process.env).sort(),
        Object.getOwnPropertyNames(globalThis).sort(),
      ]);
      const before = snapshot();
      const { createEncoder, encodeWhole } = await import(${codecs});
      for (const format of ['wav', 'pcm', 'mp3', 'opus', 'flac']) {
        await encodeWhole(format, new Int16Array(5000), 22050);
        const encoder = await createEncoder(format, { sampleRate: 22050 });
        encoder.push(new Int16Array(5000));
        encoder.close();
      }
      process.stdout.write(String(before === snapshot()));
      `,
    ],
    { timeout: 15_000 },
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'true', stderr: '' });
});
