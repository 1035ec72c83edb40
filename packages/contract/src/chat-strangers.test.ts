import { startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';
import { decodePcm16, readWav, rmsDbfs } from '@stepvoice/core/audio';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The official client of another service must not notice that it talks to the emulator.
let emulator: Emulator;
let client: OpenAI;
let question: string;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  client = new OpenAI({ apiKey: emulator.apiKey, baseURL: `${emulator.url}/v1`, maxRetries: 0 });
  const speech = await client.audio.speech.create({
    model: 'step-tts-2',
    voice: 'data-voice',
    input: '三加五等于几？',
    response_format: 'wav',
  });
  question = Buffer.from(await speech.arrayBuffer()).toString('base64');
});
afterAll(() => emulator.close());

const model = 'stepaudio-2.5-chat';
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Current weather of a city',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  },
];

test('a whole answer', async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'what is 12 times 3?' }],
  });
  expect(answer.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: '12 times 3 is 36.' },
  });
  expect(answer.usage?.total_tokens).toBeGreaterThan(5);
});

test('a stream, read chunk by chunk and by the helper', async () => {
  const messages = [{ role: 'user' as const, content: '数到五' }];
  let text = '';
  for await (const chunk of await client.chat.completions.create({
    model,
    messages,
    stream: true,
  })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe('1，2，3，4，5。');
  const whole = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
  expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: text } });
});

test('a tool is called and its result is told', async () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'What is the weather in Rome?' },
  ];
  const asked = await client.chat.completions.create({ model, messages, tools });
  const { message, finish_reason: reason } = asked.choices[0]!;
  expect(reason).toBe('tool_calls');
  const call = message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
  expect(call).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Rome"}' } });
  messages.push(message, { role: 'tool', tool_call_id: call.id, content: '{"sky":"clear"}' });
  const told = await client.chat.completions.create({ model, messages, tools });
  expect(told.choices[0]?.message.content).toBe('Get weather says: clear.');
});

test('the helper runs tools by itself, over streams', async () => {
  const runner = client.chat.completions.runTools({
    model,
    stream: true,
    messages: [{ role: 'user', content: '北京的天气怎么样？' }],
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Current weather of a city',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
          },
          parse: (text: string) => JSON.parse(text) as { city: string },
          function: ({ city }: { city: string }) => ({ city, sky: '晴' }),
        },
      },
    ],
  });
  expect(await runner.finalContent()).toBe('查到了，city是北京，sky是晴。');
});

test('a question that is spoken is understood', async () => {
  const part = {
    type: 'input_audio' as const,
    input_audio: { data: question, format: 'wav' as const },
  };
  const answer = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: [part] }],
  });
  expect(answer.choices[0]?.message.content).toBe('三加五等于8。');
});

test('an answer is spoken, whole and as a stream', async () => {
  const request = {
    model: 'step-audio-2',
    modalities: ['text' as const, 'audio' as const],
    messages: [{ role: 'user' as const, content: '你好' }],
  };
  const whole = await client.chat.completions.create({
    ...request,
    audio: { voice: 'wenrounansheng', format: 'wav' },
  });
  const { audio } = whole.choices[0]!.message;
  expect(audio?.transcript).toBe('你好！有什么可以帮你？');
  const file = readWav(Buffer.from(audio!.data, 'base64'));
  expect(file.sampleRate).toBe(24_000);
  expect(rmsDbfs(file.samples)).toBeGreaterThan(-35);

  const parts: Buffer[] = [];
  const stream = await client.chat.completions.create({
    ...request,
    stream: true,
    // That client knows this format as `pcm16`.
    audio: { voice: 'wenrounansheng', format: 'pcm' as 'pcm16' },
  });
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta as { audio?: { data?: string } } | undefined;
    if (delta?.audio?.data !== undefined) parts.push(Buffer.from(delta.audio.data, 'base64'));
  }
  const samples = decodePcm16(Buffer.concat(parts));
  expect(rmsDbfs(samples)).toBeGreaterThan(-35);
  // The same words, though spoken sentence by sentence.
  expect(Math.abs(samples.length - file.samples.length) / file.samples.length).toBeLessThan(0.3);
});

test('a refusal arrives in its own error', async () => {
  const refused = client.chat.completions.create({
    model: 'step-tts-2',
    messages: [{ role: 'user', content: 'hi' }],
  });
  await expect(refused).rejects.toMatchObject({
    status: 400,
    error: { message: 'model step-tts-2 not supported', type: 'request_params_invalid' },
  });
});

test('an error in the middle of a stream arrives too', async () => {
  const stream = await client.chat.completions.create(
    { model, messages: [{ role: 'user', content: '数到五' }], stream: true },
    { headers: { 'x-emulator-fault': 'error-event:message=overloaded' } },
  );
  const reading = (async () => {
    for await (const _ of stream) continue;
  })();
  await expect(reading).rejects.toThrow(/overloaded/);
});
