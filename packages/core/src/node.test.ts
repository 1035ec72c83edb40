import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as portable from './index.ts';
import * as node from './node.ts';
import { ScriptedServer } from './net/testing/scripted-server.ts';

const run = promisify(execFile);

/** Runs a program in a process of its own and answers what it prints. */
async function print(program: string): Promise<string> {
  const flags = ['--conditions=@stepvoice/source', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', program]);
  return stdout.trim();
}

const entry = JSON.stringify(new URL('node.ts', import.meta.url).href);
const LOADED = `
  const { createRequire } = await import('node:module');
  const loaded = () => Object.keys(createRequire(import.meta.url).cache)
    .filter((path) => /[\\\\/](undici|ws)[\\\\/]/.test(path))
    .map((path) => /[\\\\/](undici|ws)[\\\\/]/.exec(path)[1]);
  const names = () => [...new Set(loaded())].join();
`;

test('undici and ws are loaded with their first use, and of undici the agent alone', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  server.socketScript = () => undefined;
  const output = await print(`
    ${LOADED}
    const { StepAudio } = await import(${entry});
    const client = new StepAudio({ apiKey: 'k', baseURL: '${server.url}' });
    const seen = [names()];
    await client.speech.create({ text: 'a', voice: 'v', format: 'pcm' });
    seen.push(names());
    seen.push(loaded().length < 60);
    const socket = await client.speech.connect({ voice: 'v' });
    seen.push(names());
    await socket.return();
    console.log(JSON.stringify(seen));
  `);
  expect(JSON.parse(output)).toEqual(['', 'undici', true, 'undici,ws']);
});

test('a program ends by itself when it has what it wanted', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  const output = await print(`
    const { StepAudio } = await import(${entry});
    const client = new StepAudio({ apiKey: 'k', baseURL: '${server.url}' });
    const { audio } = await client.speech.create({ text: 'a', voice: 'v', format: 'pcm' });
    console.log(audio.length);
  `);
  expect(output).toBe('4');
});

test('the entry has all that the portable one has', () => {
  expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(portable)));
  expect(node.StepAudio).not.toBe(portable.StepAudio);
  expect(node.StepAudioError).toBe(portable.StepAudioError);
});
