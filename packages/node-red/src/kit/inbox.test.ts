import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const MEGABYTE = 1024 * 1024;

test('a stream that comes too fast loses messages, but not its end', async () => {
  const inbox = new Inbox({ payload: Buffer.alloc(0) }, false);
  const taken = Array.from({ length: 32 }, () =>
    inbox.push({ payload: Buffer.alloc(MEGABYTE) }, false),
  );
  const refused = { code: 'queue_full' };
  await expect(inbox.push({ payload: Buffer.alloc(1) }, false)).rejects.toMatchObject(refused);
  await expect(inbox.push({ payload: Buffer.alloc(1) }, true)).rejects.toMatchObject(refused);
  let bytes = 0;
  for await (const { payload } of inbox) bytes += (payload as Buffer).length;
  expect(bytes).toBe(32 * MEGABYTE);
  await Promise.all(taken);
});
