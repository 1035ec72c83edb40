import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EmulatorOptionError } from '../options.ts';
import { MindFailure } from './mind.ts';
import type { MindEvent, MindRequest, MindTurn } from './mind.ts';
import { createUpstreamMind } from './upstream-mind.ts';
import type { UpstreamOptions } from './upstream-mind.ts';

type Received = { url: string; headers: IncomingHttpHeaders; body: Record<string, unknown> };

/** A language model that says what a test wants. */
async function startModel(answer: (response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { url = '', headers } = request;
      received.push({ url, headers, body: JSON.parse(text) as Received['body'] });
      answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function events(response: ServerResponse, ...chunks: object[]): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const delta of chunks) {
    response.write(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`,
    );
  }
  return response;
}

const turns: MindTurn[] = [
  { role: 'system', text: 'Be brief.' },
  { role: 'user', text: 'Weather?' },
  { role: 'assistant', text: '' },
  { role: 'tool', text: 'sunny', callId: 'c1', toolName: 'weather', callArguments: '{"a":1}' },
  { role: 'tool', text: 'warm', callId: 'c2' },
  { role: 'user', text: '' },
];
const request: MindRequest = {
  model: 'stepaudio-2.5-realtime',
  turns,
  tools: [{ name: 'weather', description: 'd', parameters: { type: 'object' } }],
  toolChoice: 'auto',
  signal: new AbortController().signal,
};

async function reply(
  options: UpstreamOptions,
  more: Partial<MindRequest> = {},
): Promise<MindEvent[]> {
  const mind = createUpstreamMind(options);
  const all: MindEvent[] = [];
  try {
    for await (const event of mind.reply({ ...request, ...more })) all.push(event);
  } finally {
    await mind.close();
  }
  return all;
}

test('a conversation goes up, and text, thoughts and calls come down', async () => {
  await using model = await startModel((response) =>
    events(
      response,
      { content: 'It is ' },
      { content: 'warm.', reasoning_content: 'hm' },
      { tool_calls: [{ index: 0, id: 'c3', function: { name: 'weather', arguments: '{' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '}' } }] },
    ).end('data: [DONE]\n\n'),
  );
  expect(await reply({ url: `${model.url}/api/v3`, model: 'small', apiKey: 'sk-up' })).toEqual([
    { type: 'text', text: 'It is ' },
    { type: 'thinking', text: 'hm' },
    { type: 'text', text: 'warm.' },
    { type: 'call', callId: 'c3', name: 'weather', arguments: '{}' },
  ]);
  const [{ url, headers, body } = { url: '', headers: {}, body: {} }] = model.received;
  expect(url).toBe('/api/v3/chat/completions');
  expect(headers.authorization).toBe('Bearer sk-up');
  expect(body).toMatchObject({
    model: 'small',
    stream: true,
    tools: [{ function: { name: 'weather', description: 'd', parameters: { type: 'object' } } }],
    tool_choice: 'auto',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        tool_calls: [
          { id: 'c1', function: { name: 'weather', arguments: '{"a":1}' } },
          { id: 'c2', function: { name: 'tool', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'tool', tool_call_id: 'c2', content: 'warm' },
      { role: 'user', content: '…' },
    ],
  });
});

test.each([
  ['', '/v1/chat/completions'],
  ['/v1/', '/v1/chat/completions'],
  ['/openai/chat/completions', '/openai/chat/completions'],
])('an address that ends with "%s" is asked at %s', async (path, asked) => {
  await using model = await startModel((response) =>
    events(response, { content: 'a' }).end('data: [DONE]\n\n'),
  );
  await reply({ url: model.url + path });
  expect(model.received).toMatchObject([{ url: asked, body: { model: 'stepaudio-2.5-chat' } }]);
  expect(model.received[0]?.headers.authorization).toBeUndefined();
});

describe('what goes wrong is said clearly', () => {
  const failing = async (
    answer: (response: ServerResponse) => void,
    more = {},
  ): Promise<unknown> => {
    await using model = await startModel(answer);
    return await reply({ url: model.url, apiKey: 'sk-up', ...more }).catch(
      (error: unknown) => error,
    );
  };

  test('a refusal', async () => {
    const error = await failing((response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"no such key sk-up"}}');
    });
    expect(error).toBeInstanceOf(MindFailure);
    expect((error as Error).message).toMatch(/^the upstream model did not answer: .*\[…\]/);
  });

  test('a reply that stops in its middle', async () => {
    const error = await failing((response) => events(response, { content: 'a' }).end());
    expect(error).toBeInstanceOf(MindFailure);
    expect((error as Error).message).toContain('incomplete');
  });

  test('silence', async () => {
    const error = await failing((response) => events(response, { content: 'a' }), {
      timeoutMs: 20,
    });
    expect(error).toBeInstanceOf(MindFailure);
    expect((error as Error).message).toContain('Nothing more from the service');
  });

  test('nobody is there', async () => {
    const { url } = await (async () => {
      await using model = await startModel(() => undefined);
      return model;
    })();
    const error = await reply({ url }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(MindFailure);
  });
});

test('who no longer waits is not told of a failure, and upstream is left', async () => {
  const abort = new AbortController();
  let left: Promise<unknown> = Promise.resolve();
  await using model = await startModel((response) => {
    left = once(response, 'close');
    events(response, { content: 'a' });
  });
  const mind = createUpstreamMind({ url: model.url });
  const speaking = (async () => {
    for await (const _ of mind.reply({ ...request, signal: abort.signal })) abort.abort('enough');
  })();
  await expect(speaking).rejects.toBe('enough');
  await left;
});

test.each(['nonsense', 'ftp://127.0.0.1/v1', 'http://user:secret@127.0.0.1/v1'])(
  '%s is no upstream',
  (url) => {
    expect(() => createUpstreamMind({ url })).toThrow(EmulatorOptionError);
    expect(() => createUpstreamMind({ url })).not.toThrow(/secret/);
  },
);

test('a key does not go over an open network in the clear', () => {
  const url = 'http://192.0.2.1:8080/v1';
  expect(() => createUpstreamMind({ url, apiKey: 'sk-up' })).toThrow(/without encryption/);
  expect(() => createUpstreamMind({ url })).not.toThrow();
});
