import type { RealtimeEvent } from '@stepvoice/core/node';
import { expect, test } from 'vitest';
import { ConversationLog } from './conversation-log.ts';
import { toLogJson } from './log-json.ts';

const heard = (itemId: string | undefined, text: string, final: boolean): RealtimeEvent => ({
  type: 'input-transcript',
  itemId,
  text,
  final,
});
const done = (responseId: string, text: string): RealtimeEvent => ({
  type: 'response-done',
  responseId,
  status: 'completed',
  usage: undefined,
  response: {
    id: responseId,
    text,
    status: 'completed',
    audioMs: 1234.5,
    interrupted: false,
    firstAudioMs: 80.4,
    firstTranscriptMs: undefined,
    usage: undefined,
  },
});

test('what the user said comes before the answer, however late it is told', () => {
  const log = new ConversationLog();
  log.push({ type: 'committed', itemId: 'u' });
  log.push({ type: 'response-started', responseId: 'a' });
  log.push(done('a', '你好！'));
  expect(log.takeFinal()).toMatchObject([{ role: 'assistant', text: '你好！' }]);
  expect(log.awaitsUser).toBe(true);
  log.push(heard('u', '你好', true));
  expect(log.takeFinal()).toMatchObject([{ role: 'user', text: '你好' }]);
  expect(log.takeFinal()).toEqual([]);
  const { turns } = JSON.parse(toLogJson(log.entries, { model: 'm', voice: 'v' })) as {
    turns: object[];
  };
  expect(turns).toEqual([
    { role: 'user', text: '你好' },
    {
      role: 'assistant',
      text: '你好！',
      audioMs: 1235,
      firstAudioMs: 80,
      status: 'completed',
      interrupted: false,
    },
  ]);
});

test('what is being said is open until it is final', () => {
  const log = new ConversationLog();
  log.push(heard('u', 'What', false));
  log.push(heard('u', 'What time', false));
  expect(log.open).toMatchObject([{ role: 'user', text: 'What time' }]);
  log.push(heard('u', 'What time is it?', true));
  expect(log.open).toEqual([]);
});

test('a service that tells no item ids is followed turn by turn', () => {
  const log = new ConversationLog();
  log.push(heard(undefined, 'one', true));
  log.push({ type: 'committed', itemId: undefined });
  log.push(heard(undefined, 'two', true));
  expect(log.takeFinal().map((entry) => 'text' in entry && entry.text)).toEqual(['one', 'two']);
});

test('an answer without a word is not printed', () => {
  const log = new ConversationLog();
  log.push(done('a', ''));
  expect(log.takeFinal()).toEqual([]);
});
