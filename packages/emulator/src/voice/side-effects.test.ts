import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Runs a module in a process of its own and gives back what it printed. Fails when it does not end by itself. */
async function run(code: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@stepvoice/source',
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      code,
    ],
    { timeout: 15_000 },
  );
  return stdout;
}

const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
const snapshot = `const snapshot = () => JSON.stringify([
  ['uncaughtException', 'unhandledRejection', 'exit', 'SIGINT'].map((name) => process.listenerCount(name)),
  Object.keys(process.env).sort(),
  process.exitCode,
]);`;

test('speaking leaves the process as it was, prints nothing, and does not keep it alive', async () => {
  const printed = await run(`
    ${snapshot}
    const before = snapshot();
    const { createSpeechEngine, hearDataSpeech } = await import(${url('./index.ts')});
    let samples = 0;
    for (const voice of ['linjiajiejie', 'data-voice']) {
      const stream = createSpeechEngine().synthesize({ text: '你好。', voice, sampleRate: 48000, directives: false });
      for await (const chunk of stream) {
        samples += chunk.samples.length;
        await hearDataSpeech({ samples: chunk.samples, sampleRate: 48000 });
      }
    }
    process.stdout.write(JSON.stringify([samples > 48000, before === snapshot()]));
  `);
  expect(printed).toBe('[true,true]');
});

test('somebody who waits for speech is not left waiting by a process that ends', async () => {
  const printed = await run(`
    const { createSpeechEngine } = await import(${url('./index.ts')});
    const request = { text: '好', voice: 'x', sampleRate: 8000, directives: false };
    const stream = createSpeechEngine().synthesize(request)[Symbol.asyncIterator]();
    stream.next().then(({ value }) => process.stdout.write(String(value.words[0].text)));
  `);
  expect(printed).toBe('好');
});

test('an utterance that nobody reads on does not keep the process alive', async () => {
  const printed = await run(`
    const { createSpeechEngine } = await import(${url('./index.ts')});
    const request = { text: '一。'.repeat(200), voice: 'x', sampleRate: 8000, directives: false };
    await createSpeechEngine().synthesize(request)[Symbol.asyncIterator]().next();
    process.stdout.write('left');
  `);
  expect(printed).toBe('left');
});
