import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../errors.ts';
import { realtimeTool } from './realtime-options.ts';
import type { RealtimeTool } from './realtime-options.ts';
import { RealtimeService } from './testing/realtime-script.ts';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { enum: ['c', 'f'] } },
  required: ['city'],
};
const weather = (run?: RealtimeTool['run'], more: Partial<RealtimeTool> = {}): RealtimeTool => ({
  name: 'get_weather',
  description: 'Current weather of a city',
  parameters,
  ...(run === undefined ? {} : { run }),
  ...more,
});

async function callOnce(tools: RealtimeTool[], args: string, name = 'get_weather') {
  const service = await RealtimeService.start();
  const { session, script, events } = await service.connect({ tools });
  script.begin('r1');
  script.call('r1', 'call_1', name, args);
  return { service, session, script, events };
}

const outputs = (script: { all: (type: string) => Record<string, unknown>[] }) =>
  script.all('conversation.item.create').map(({ item }) => item);

describe('a call of the model', () => {
  test('starts the tool at once, and is answered when the answer is over', async () => {
    const calls: unknown[] = [];
    const tool = weather((args, { callId }) => {
      calls.push([args, callId]);
      return { celsius: 21 };
    });
    const { service, session, script, events } = await callOnce([tool], '{"city":"杭州"}');
    expect(script.all('session.update')[0]!['session']).toMatchObject({
      tools: [
        {
          type: 'function',
          function: { name: 'get_weather', description: 'Current weather of a city', parameters },
        },
      ],
    });
    expect(await events.until('tool-call')).toEqual({
      type: 'tool-call',
      callId: 'call_1',
      name: 'get_weather',
      arguments: '{"city":"杭州"}',
      responseId: 'r1',
      itemId: 'item-call_1',
    });
    expect(await events.until('tool-result')).toEqual({
      type: 'tool-result',
      callId: 'call_1',
      name: 'get_weather',
      output: '{"celsius":21}',
      error: undefined,
    });
    expect(calls).toEqual([[{ city: '杭州' }, 'call_1']]);
    expect(script.types).toEqual(['session.update']);
    script.done('r1');
    await script.until('response.create');
    expect(script.types.slice(1)).toEqual(['conversation.item.create', 'response.create']);
    expect(outputs(script)).toEqual([
      { type: 'function_call_output', call_id: 'call_1', output: '{"celsius":21}' },
    ]);
    script.begin('r2');
    script.done('r2');
    await events.until('response-done', ({ responseId }) => responseId === 'r2');
    expect(session.items.map(({ type }) => type)).toEqual([
      'message',
      'function-call',
      'function-output',
      'message',
    ]);
    expect(session.metrics.toolCalls).toBe(1);
    session.close();
    await service[Symbol.asyncDispose]();
  });

  test('is made once, however often and late its arguments come', async () => {
    let calls = 0;
    const { service, session, script, events } = await callOnce(
      [weather(() => void (calls += 1))],
      '{"city":"x"}',
    );
    const item = {
      id: 'item-call_1',
      type: 'function_call',
      call_id: 'call_1',
      name: 'get_weather',
      arguments: '{"city":"x"}',
    };
    script.send('response.output_item.done', { response_id: 'r1', item });
    script.done('r1', 'completed', { output: [item] });
    script.send('response.function_call_arguments.done', { response_id: 'r1', ...item });
    await script.until('response.create');
    await events.until('response-done');
    expect(calls).toBe(1);
    expect(outputs(script)).toHaveLength(1);
    expect(outputs(script)[0]).toMatchObject({ output: 'null' });
    session.close();
    await service[Symbol.asyncDispose]();
  });

  test('known only from the end of the answer is made, too', async () => {
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ tools: [weather(() => '晴')] });
    const call = { type: 'function_call', call_id: 'c9', name: 'get_weather' };
    script.send('response.created', { response: { id: 'r1' } });
    script.done('r1', 'completed', { output: [{ ...call, arguments: '{"city":"x"}' }] });
    await script.until('response.create');
    expect(outputs(script)).toMatchObject([{ call_id: 'c9', output: '晴' }]);
    await events.until('tool-result');
    session.close();
  });

  test.each([
    ['no JSON', '{"city":', 'invalid_tool_arguments', /no JSON/],
    ['nothing', '', 'invalid_tool_arguments', /arguments\.city is required/],
    ['the wrong type', '{"city":5}', 'invalid_tool_arguments', /arguments\.city must be string/],
    ['no choice', '{"city":"x","unit":"k"}', 'invalid_tool_arguments', /one of \["c","f"\]/],
  ])('whose arguments are %s is answered with an error', async (_, args, code, told) => {
    let calls = 0;
    const { service, session, script, events } = await callOnce(
      [weather(() => void (calls += 1))],
      args,
    );
    const result = await events.until('tool-result');
    expect(result.error).toMatchObject({ code });
    expect(result.output).toMatch(/^\{"error":/);
    expect(JSON.parse(result.output)['error']).toMatch(told);
    script.done('r1');
    await script.until('response.create');
    expect(calls).toBe(0);
    session.close();
    await service[Symbol.asyncDispose]();
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no such city');
      },
      /failed\. no such city/,
    ],
    ['rejects', () => Promise.reject(new Error('offline')), /failed\. offline/],
    ['gives what is no JSON', () => ({ n: 1n }), /is no JSON/],
  ] as const)('to a tool that %s', async (_, run, told) => {
    const { service, session, events } = await callOnce([weather(run)], '{"city":"x"}');
    const { output, error } = await events.until('tool-result');
    expect(error).toMatchObject({ code: 'tool_failed' });
    expect(JSON.parse(output)['error']).toMatch(told);
    session.close();
    await service[Symbol.asyncDispose]();
  });

  test('to a tool that does not exist', async () => {
    const { service, session, script, events } = await callOnce([], '{}', 'launch');
    const { output, error } = await events.until('tool-result');
    expect(error).toMatchObject({ code: 'unknown_tool' });
    expect(output).toBe('{"error":"There is no tool \\"launch\\"."}');
    script.done('r1');
    await script.until('response.create');
    session.close();
    await service[Symbol.asyncDispose]();
  });

  test('to a tool that never answers', async () => {
    let signal: AbortSignal | undefined;
    let late: (value: string) => void = () => undefined;
    const tool = weather(
      (_, context) => {
        signal = context.signal;
        return new Promise<string>((resolve) => (late = resolve));
      },
      { timeoutMs: 5000 },
    );
    const { service, session, script, events } = await callOnce([tool], '{"city":"x"}');
    await events.until('tool-call');
    script.done('r1');
    await events.until('response-done');
    await service.clock.advance(5000);
    const { error } = await events.until('tool-result');
    expect(error).toMatchObject({ code: 'tool_timeout' });
    expect(signal!.aborted).toBe(true);
    late('晴');
    await script.until('response.create');
    expect(outputs(script)).toMatchObject([{ output: expect.stringContaining('within 5 s') }]);
    session.close();
    await service[Symbol.asyncDispose]();
  });
});

describe('several calls', () => {
  test('of one answer are answered together, with one request', async () => {
    const pending = new Map<string, (value: string) => void>();
    const tool = weather(
      (_, { callId }) => new Promise<string>((resolve) => pending.set(callId, resolve)),
    );
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ tools: [tool] });
    script.begin('r1');
    script.call('r1', 'a', 'get_weather', '{"city":"x"}');
    script.call('r1', 'b', 'get_weather', '{"city":"y"}');
    script.done('r1');
    await events.until('response-done');
    pending.get('b')!('zwei');
    await events.until('tool-result');
    expect(script.types).toEqual(['session.update']);
    pending.get('a')!('eins');
    await script.until('response.create');
    expect(outputs(script)).toMatchObject([
      { call_id: 'a', output: 'eins' },
      { call_id: 'b', output: 'zwei' },
    ]);
    expect(script.types.slice(1)).toEqual([
      'conversation.item.create',
      'conversation.item.create',
      'response.create',
    ]);
    session.close();
  });

  test('wait with their outputs while another answer is in progress', async () => {
    let finish: (value: string) => void = () => undefined;
    const tool = weather(() => new Promise<string>((resolve) => (finish = resolve)));
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ tools: [tool], turnDetection: {} });
    script.begin('r1');
    script.call('r1', 'a', 'get_weather', '{"city":"x"}');
    script.done('r1');
    await events.until('response-done');
    script.begin('r2');
    await events.until('response-started');
    finish('晴');
    await events.until('tool-result');
    expect(script.types).toEqual(['session.update']);
    script.done('r2');
    await script.until('response.create');
    expect(script.types.slice(1)).toEqual(['conversation.item.create', 'response.create']);
    session.close();
  });
});

test('an interrupted answer’s calls are recorded and not answered aloud', async () => {
  let finish: (value: string) => void = () => undefined;
  const tool = weather(() => new Promise<string>((resolve) => (finish = resolve)));
  await using service = await RealtimeService.start();
  const { session, script, events } = await service.connect({ tools: [tool], turnDetection: {} });
  script.begin('r1');
  script.call('r1', 'a', 'get_weather', '{"city":"x"}');
  script.send('input_audio_buffer.speech_started', { item_id: 'u2' });
  script.done('r1', 'incomplete');
  await events.until('response-done');
  finish('晴');
  await script.until('conversation.item.create');
  await session.say('嗯', { respond: false });
  expect(script.all('response.create')).toEqual([]);
  session.close();
});

test('a cancelled answer’s tools are aborted', async () => {
  let signal: AbortSignal | undefined;
  const tool = weather((_, context) => {
    ({ signal } = context);
    return new Promise(() => undefined);
  });
  const { service, session, script, events } = await callOnce([tool], '{"city":"x"}');
  await events.until('tool-call');
  const cancelling = session.cancel();
  expect(signal!.aborted).toBe(true);
  await script.until('response.cancel');
  script.done('r1', 'cancelled');
  await cancelling;
  await script.until('conversation.item.create');
  expect(outputs(script)).toMatchObject([{ call_id: 'call_1', output: '{"error":"Cancelled."}' }]);
  await session.say('x', { respond: false });
  expect(script.all('response.create')).toEqual([]);
  session.close();
  await service[Symbol.asyncDispose]();
});

test('closing aborts what runs, and answers nothing', async () => {
  let signal: AbortSignal | undefined;
  const tool = weather((_, context) => {
    ({ signal } = context);
    return new Promise(() => undefined);
  });
  const { service, session, script, events } = await callOnce([tool], '{"city":"x"}');
  await events.until('tool-call');
  session.close();
  expect(signal!.aborted).toBe(true);
  await script.untilClosed();
  expect(service.clock.pending).toBe(0);
  expect(script.types).toEqual(['session.update']);
  await service[Symbol.asyncDispose]();
});

test('a tool without run is answered by the caller, once', async () => {
  const { service, session, script, events } = await callOnce([weather()], '{"city":"x"}');
  await events.until('tool-call');
  script.done('r1');
  await events.until('response-done');
  expect(() => session.answerToolCall('call_2', 'x')).toThrow(ValidationError);
  session.answerToolCall('call_1', { sky: 'clear' });
  expect(() => session.answerToolCall('call_1', 'x')).toThrow(ValidationError);
  await script.until('response.create');
  expect(outputs(script)).toMatchObject([{ output: '{"sky":"clear"}' }]);
  session.close();
  await service[Symbol.asyncDispose]();
});

test('tools can be exchanged while the session runs', async () => {
  await using service = await RealtimeService.start();
  const { session, script, events } = await service.connect({ tools: [weather(() => 'old')] });
  await session.update({ tools: [weather(() => 'new')] });
  script.begin('r1');
  script.call('r1', 'a', 'get_weather', '{"city":"x"}');
  expect((await events.until('tool-result')).output).toBe('new');
  session.close();
});

test('tools of the service’s own leave as it documents them', async () => {
  await using service = await RealtimeService.start();
  const { session, script } = await service.connect({
    tools: [
      { type: 'web_search', topK: 3 },
      {
        type: 'retrieval',
        description: 'Recipes',
        vectorStoreId: '2001',
        promptTemplate: '{{query}}',
      },
    ],
  });
  expect(script.received[0]!['session']).toMatchObject({
    tools: [
      { type: 'web_search', function: { options: { top_k: 3 } } },
      {
        type: 'retrieval',
        function: {
          description: 'Recipes',
          options: { vector_store_id: '2001', prompt_template: '{{query}}' },
        },
      },
    ],
  });
  session.close();
});

describe('a schema of another library', () => {
  const schema = v.object({ city: v.pipe(v.string(), v.trim(), v.minLength(2)) });

  test('checks and converts arguments beside a JSON Schema', async () => {
    const seen: string[] = [];
    const tool = realtimeTool({
      name: 'get_weather',
      description: 'Current weather of a city',
      parameters,
      schema,
      run: ({ city }) => void seen.push(city),
    });
    await using service = await RealtimeService.start();
    const { session, script, events } = await service.connect({ tools: [tool] });
    script.begin('r1');
    script.call('r1', 'a', 'get_weather', '{"city":" 杭州 "}');
    await events.until('tool-result');
    expect(seen).toEqual(['杭州']);
    script.call('r1', 'b', 'get_weather', '{"city":" "}');
    const { output, error } = await events.until('tool-result');
    expect(error).toMatchObject({ code: 'invalid_tool_arguments' });
    expect(output).toMatch(/city: Invalid length/);
    session.close();
  });

  test('gives the JSON Schema itself where it can', async () => {
    const withJson = {
      '~standard': { ...schema['~standard'], jsonSchema: { input: () => parameters } },
    };
    await using service = await RealtimeService.start();
    const { session, script } = await service.connect({
      tools: [weather(undefined, { parameters: withJson })],
    });
    expect(script.received[0]!['session']).toMatchObject({ tools: [{ function: { parameters } }] });
    session.close();
  });

  test('that can give none needs one beside it', async () => {
    await using service = await RealtimeService.start();
    const connecting = service.connect({ tools: [weather(undefined, { parameters: schema })] });
    await expect(connecting).rejects.toMatchObject({
      path: 'tools[0].parameters',
      instead: expect.stringContaining('schema'),
    });
  });
});
