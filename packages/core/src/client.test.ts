import { expect, test } from 'vitest';
import { Speech, StepAudio, StepAudioError, createConnection } from './index.ts';
import { ScriptedServer } from './net/testing/scripted-server.ts';

const request = { text: '你好。', voice: 'cixingnansheng', format: 'pcm' } as const;

test.each([
  [{}, '/v1/audio/speech'],
  [{ plan: 'step-plan' as const }, '/step_plan/v1/audio/speech'],
])('a client with %j speaks', async (options, path) => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  await using client = new StepAudio({ apiKey: 'k', baseURL: server.url, ...options });
  expect((await client.speech.create(request)).audio).toHaveLength(4);
  expect(server.lastRequest.url).toBe(path);
});

test.each([
  [{}, 'https://api.stepfun.com/v1/audio/speech'],
  [{ region: 'intl' as const }, 'https://api.stepfun.ai/v1/audio/speech'],
  [
    { region: 'intl' as const, plan: 'step-plan' as const },
    'https://api.stepfun.ai/step_plan/v1/audio/speech',
  ],
])('with %j it calls the right address', async (options, url) => {
  const called: string[] = [];
  const client = new StepAudio({
    apiKey: 'k',
    ...options,
    fetch: (href) => {
      called.push(href);
      return Promise.resolve(new Response(Uint8Array.of(1, 0)));
    },
  });
  await client.speech.create(request);
  expect(called).toEqual([url]);
});

test('a capability works by itself', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('audio'));
  const speech = new Speech(createConnection({ apiKey: 'k', baseURL: server.url }));
  expect((await speech.create(request)).audio).toHaveLength(4);
});

test('the global fetch is looked up at each call', async () => {
  const client = new StepAudio({ apiKey: 'k' });
  const before = globalThis.fetch;
  try {
    globalThis.fetch = () => Promise.resolve(new Response(Uint8Array.of(7, 0)));
    expect((await client.speech.create(request)).audio).toEqual(Uint8Array.of(7, 0));
  } finally {
    globalThis.fetch = before;
  }
});

test('blocked content is told apart from other failures, whatever its status', async () => {
  const body = {
    error: {
      message: 'The content you provided or machine outputted is blocked.',
      type: 'censorship_block',
    },
  };
  const client = new StepAudio({
    apiKey: 'k',
    fetch: () => Promise.resolve(new Response(JSON.stringify(body), { status: 400 })),
  });
  const failure: unknown = await client.speech.create(request).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ name: 'ModerationError', code: 'censorship_block', status: 400 });
  expect(StepAudioError.isInstance(failure)).toBe(true);
});
