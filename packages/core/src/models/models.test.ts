import { expect, test } from 'vitest';
import { createConnection } from '../client.ts';
import { ProtocolError, ServiceError } from '../errors.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import { findModel } from '../protocol/models.ts';
import { Models } from './models.ts';

// Written by hand from the service's documentation.
const ROW = {
  id: 'step-tts-2',
  object: 'model',
  created: 1_750_000_000,
  owned_by: 'stepai',
};

const connect = ({ url }: ScriptedServer): Models =>
  new Models(createConnection({ apiKey: 'sk-0123456789', baseURL: url, retry: false }));

test('the list says what the known ones can do', async () => {
  await using server = await ScriptedServer.start((_, answer) =>
    answer.end(JSON.stringify({ object: 'list', data: [ROW, { id: 'step-3-text' }] })),
  );
  expect(await connect(server).list()).toEqual([
    {
      id: 'step-tts-2',
      createdAt: new Date(1_750_000_000_000),
      ownedBy: 'stepai',
      capabilities: findModel('step-tts-2'),
    },
    { id: 'step-3-text', createdAt: undefined, ownedBy: undefined, capabilities: undefined },
  ]);
  expect(server.lastRequest).toMatchObject({ method: 'GET', url: '/v1/models', body: '' });
});

test('one model, and one that is not there', async () => {
  await using server = await ScriptedServer.start((request, answer) =>
    request.url.endsWith('/step-tts-2')
      ? answer.end(JSON.stringify(ROW))
      : answer.writeHead(404).end('{"error": {"message": "no such model"}}'),
  );
  const models = connect(server);
  expect((await models.get('step-tts-2')).ownedBy).toBe('stepai');
  const missing = models.get('step-tts-9');
  await expect(missing).rejects.toThrow(ServiceError);
  await expect(missing).rejects.toMatchObject({ status: 404 });
});

test.each(['', '..', 'a/b', 'a?b', 'a b'])('%j is no id', async (id) => {
  await using server = await ScriptedServer.start();
  await expect(connect(server).get(id)).rejects.toMatchObject({ path: 'id' });
  expect(server.requests).toEqual([]);
});

test('a list without rows is malformed', async () => {
  await using server = await ScriptedServer.start((_, answer) => answer.end('{"object":"list"}'));
  await expect(connect(server).list()).rejects.toThrow(ProtocolError);
});
