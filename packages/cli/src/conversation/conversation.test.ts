import type { RealtimeEvent, RealtimeResponse } from '@stepvoice/core/node';
import { ServiceError } from '@stepvoice/core/node';
import { expect, test, vi } from 'vitest';
import { Conversation } from './conversation.ts';
import { ConversationLog } from './conversation-log.ts';
import type { ReplyOutput } from './reply-output.ts';
import type { TalkSession } from './talk-session.ts';

/** Events that a test sends, and what the conversation asked for. */
class FakeSession {
  readonly asked: string[] = [];
  readonly #events: RealtimeEvent[] = [];
  #wake = Promise.withResolvers<void>();
  #isOver = false;
  refusal: Error | undefined;

  send(...events: RealtimeEvent[]): void {
    this.#events.push(...events);
    this.#wake.resolve();
  }

  end(): void {
    this.#isOver = true;
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#isOver) return;
      else {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    }
  }

  async commit() {
    this.asked.push('commit');
  }
  async respond() {
    this.asked.push('respond');
    if (this.refusal !== undefined) throw this.refusal;
  }
  async say(text: string) {
    this.asked.push(`say ${text}`);
  }
  async cancel() {
    this.asked.push('cancel');
  }
  truncate(id: string, heardMs: number) {
    this.asked.push(`truncate ${id} ${heardMs}`);
  }
}

class FakeOutput implements ReplyOutput {
  readonly done: string[] = [];
  isSounding = false;
  heardSeconds = 0;
  begin() {
    this.done.push('begin');
    this.isSounding = true;
  }
  write(samples: Int16Array) {
    this.done.push(`write ${samples.length}`);
  }
  end() {
    this.done.push('end');
  }
  flush() {
    if (!this.isSounding) return undefined;
    this.done.push('flush');
    this.isSounding = false;
    return 700;
  }
  async drained() {}
  async close() {
    return undefined;
  }
}

const response = (id: string, text: string): RealtimeResponse => ({
  id,
  text,
  status: 'completed',
  audioMs: 1000,
  interrupted: false,
  firstAudioMs: 50,
  firstTranscriptMs: undefined,
  usage: undefined,
});
const started = (responseId: string): RealtimeEvent => ({ type: 'response-started', responseId });
const done = (responseId: string, text = ''): RealtimeEvent => ({
  type: 'response-done',
  responseId,
  status: 'completed',
  usage: undefined,
  response: response(responseId, text),
});
const audio = (responseId: string): RealtimeEvent => ({
  type: 'audio',
  samples: new Int16Array(240),
  sampleRate: 24_000,
  responseId,
  itemId: `item-${responseId}`,
});
const speechStarted: RealtimeEvent = {
  type: 'speech-started',
  itemId: 'u1',
  atMs: 0,
  interruptedResponseId: undefined,
};
const speechStopped: RealtimeEvent = { type: 'speech-stopped', itemId: 'u1', atMs: 900 };

function start() {
  const session = new FakeSession();
  const output = new FakeOutput();
  const log = new ConversationLog();
  const changed = vi.fn<() => void>();
  const failures: Error[] = [];
  const view = {
    changed,
    replied: () => {},
    session: () => {},
    failed: (error: Error) => void failures.push(error),
  };
  const conversation = new Conversation({
    session: session as unknown as TalkSession,
    output,
    log,
    view,
  });
  const running = conversation.run();
  const seen = (count: number) => vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(count));
  return { session, output, log, conversation, running, seen, failures };
}

const { signal } = new AbortController();

test('a turn that is told: committed, answered, and over with its answer', async () => {
  const { session, output, conversation, running } = start();
  await conversation.endTurn();
  const answered = conversation.answered(signal);
  expect(conversation.isAnswering).toBe(true);
  session.send(started('a'), audio('a'), audio('a'), done('a', 'Hi.'));
  await answered;
  expect(session.asked).toEqual(['commit', 'respond']);
  expect(output.done).toEqual(['begin', 'write 240', 'write 240', 'end']);
  session.end();
  await running;
});

test('an answer that uses a tool is over with the answer after it', async () => {
  const { session, conversation, log, running, seen } = start();
  await conversation.type('Roll the dice.');
  const call = { callId: 'c', name: 'dice', responseId: 'a' };
  session.send(
    started('a'),
    { type: 'tool-call', arguments: '{}', itemId: undefined, ...call },
    done('a'),
    { type: 'tool-result', callId: 'c', name: 'dice', output: '{"rolls":[4]}', error: undefined },
  );
  await seen(4);
  expect(conversation.isAnswering).toBe(true);
  const answered = conversation.answered(signal);
  session.send(started('b'), done('b', 'A four.'));
  await answered;
  expect(log.takeFinal().map((entry) => entry.role)).toEqual(['user', 'tool', 'assistant']);
  session.end();
  await running;
});

test('who speaks into a reply silences it at once, and the service is told how much was heard', async () => {
  const { session, output, log, running, seen } = start();
  session.send(started('a'), audio('a'), done('a', 'A long story.'));
  await seen(3);
  session.send(speechStarted);
  await seen(4);
  expect(output.done.at(-1)).toBe('flush');
  expect(session.asked).toEqual(['truncate item-a 700']);
  expect(log.answers[0]).toMatchObject({ interrupted: true, heardMs: 700 });
  session.end();
  await running;
});

test('with turns that are heard it is idle only when nobody speaks and no answer is due', async () => {
  const { session, conversation, running, seen } = start();
  expect(conversation.isIdle).toBe(true);
  session.send(speechStarted);
  await seen(1);
  expect(conversation.isIdle).toBe(false);
  session.send(speechStopped);
  await seen(2);
  expect(conversation.isIdle).toBe(false);
  session.send(started('a'), done('a'));
  await seen(4);
  expect(conversation.isIdle).toBe(true);
  session.end();
  await running;
});

test('to interrupt stops the loudspeaker and the answer that is being made', async () => {
  const { session, output, conversation, running, seen } = start();
  session.send(started('a'), audio('a'));
  await seen(2);
  await conversation.interrupt();
  expect(output.done.at(-1)).toBe('flush');
  expect(session.asked).toEqual(['truncate item-a 700', 'cancel']);
  session.end();
  await running;
});

test('an answer that cannot be had is told, and nobody waits for it', async () => {
  const { session, conversation, running, failures } = start();
  session.refusal = new ServiceError('no', { code: 'x' });
  await conversation.type('Hello');
  await conversation.answered(signal);
  expect(failures).toEqual([session.refusal]);
  session.end();
  await running;
});

test('an abort ends the waiting', async () => {
  const { session, conversation, running } = start();
  await conversation.type('Hello');
  const controller = new AbortController();
  const answered = conversation.answered(controller.signal);
  controller.abort(new Error('enough'));
  await expect(answered).rejects.toThrow('enough');
  session.end();
  await running;
});
