import { describe, expect, test } from 'vitest';
import { createManualClock } from '../clock.ts';
import { toClauses } from './clauses.ts';
import type { MindEvent, MindRequest, MindTurn } from './mind.ts';
import { createRulesMind } from './rules-mind.ts';

// Friday; read as local time wherever the test runs.
const clock = createManualClock(new Date(2026, 10, 20, 9, 5).getTime());
const mind = createRulesMind(clock);

async function reply(
  said: string | MindTurn[],
  more: Partial<MindRequest> = {},
): Promise<{ text: string; thinking: string; calls: (MindEvent & { type: 'call' })[] }> {
  const turns = typeof said === 'string' ? [{ role: 'user' as const, text: said }] : said;
  const whole = { text: '', thinking: '', calls: [] as (MindEvent & { type: 'call' })[] };
  const request: MindRequest = {
    model: 'stepaudio-2.5-chat',
    turns,
    tools: [],
    toolChoice: 'auto',
    signal: new AbortController().signal,
    ...more,
  };
  for await (const event of mind.reply(request)) {
    if (event.type === 'call') whole.calls.push(event);
    else whole[event.type] += event.text;
  }
  return whole;
}

const user = (text: string): MindTurn => ({ role: 'user', text });
const assistant = (text: string): MindTurn => ({ role: 'assistant', text });
const system = (text: string): MindTurn => ({ role: 'system', text });

test.each([
  ['Hello!', 'Hello! How can I help you?'],
  ['good morning', 'Hello! How can I help you?'],
  ['你好！', '你好！有什么可以帮你？'],
  ['晚上好', '你好！有什么可以帮你？'],
  ['How are you?', 'I am fine, thank you. And you?'],
  ['Thank you very much.', "You're welcome."],
  ['谢谢你！', '不客气。'],
  ['bye', 'Goodbye!'],
  ['再见', '再见！'],
  ['what time is it?', 'It is 09:05.'],
  ['现在几点了？', '现在是9点05分。'],
  ['What day is it?', 'Today is Friday, 20 November 2026.'],
  ['今天星期几？', '今天是2026年11月20日，星期五。'],
  ['what is 12 times 3?', '12 times 3 is 36.'],
  ['三加五等于几？', '三加五等于8。'],
  ['1/0', 'Nothing can be divided by zero.'],
  ['count to five', '1, 2, 3, 4, 5.'],
  ['Count from ten down to 8, please.', 'You said: Count from ten down to 8, please.'],
  ['count from 10 down to 8', '10, 9, 8.'],
  ['从三数到七', '3，4，5，6，7。'],
  ['数到一万', '我一次最多数100个整数。'],
  ['repeat after me: the train leaves at nine', 'the train leaves at nine'],
  ['say "good night"', 'good night'],
  ['请跟我说：今天天气真好。', '今天天气真好。'],
  ['who are you?', 'I am the Stepvoice emulator, a program that answers by simple rules.'],
  ['My name is Ada.', 'Nice to meet you, Ada.'],
  ['The train is late.', 'You said: The train is late.'],
  ['火车晚点了。', '你刚才说：火车晚点了。'],
  ['hello is what my mother always says', 'You said: hello is what my mother always says'],
  ['', 'I could not hear that. Please say it again.'],
  ['42', 'You said: 42'],
])('"%s" gets "%s"', async (said, answer) => {
  expect((await reply(said)).text).toBe(answer);
});

describe('what was said before', () => {
  test.each<[MindTurn[], string]>([
    [[system('You are Captain Nemo, a sailor.'), user('Who are you?')], 'I am Captain Nemo.'],
    [[system('你是小明，一个学生。'), user('你叫什么名字？')], '我是小明。'],
    [[system('你是小明。'), user('Who are you?')], 'I am 小明.'],
    [
      [user('The sky is green.'), assistant('Oh.'), user('What did I say before?')],
      'You said: The sky is green.',
    ],
    [[user('天是绿的。'), assistant('哦。'), user('我刚才说了什么？')], '你刚才说：天是绿的。'],
    [[user('我刚才说了什么？')], '在这之前你还没有说过话。'],
    [[user('My name is Ada.'), assistant('Hi.'), user("what's my name?")], 'Your name is Ada.'],
    [[user('我叫李雷。'), assistant('你好。'), user('我叫什么名字？')], '你叫李雷。'],
    [[user('What is my name?')], 'You have not told me your name.'],
    [[system('请说中文。'), user('')], '我没有听清，请再说一遍。'],
  ])('%j', async (turns, answer) => {
    expect((await reply(turns)).text).toBe(answer);
  });
});

const tools = [
  {
    name: 'get_weather',
    description: 'Current weather of a city',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['celsius', 'fahrenheit'] },
        days: { type: ['integer', 'null'], minimum: 1 },
      },
      required: ['city'],
    },
  },
  {
    name: 'setAlarm',
    description: '设置闹钟',
    parameters: {
      type: 'object',
      properties: { hour: { type: 'integer' }, minute: { type: 'integer', default: 0 } },
      required: ['hour', 'minute'],
    },
  },
  {
    name: 'web_search',
    description: 'Searches the web',
    parameters: {
      type: 'object',
      properties: { query: { type: 'string' }, safe: { type: 'boolean' } },
      required: ['query', 'safe'],
    },
  },
];

describe('tools', () => {
  test.each<[string, string, object]>([
    ['What is the weather in New York?', 'get_weather', { city: 'New York' }],
    [
      'weather for Paris, 3 days, in celsius',
      'get_weather',
      { city: 'Paris', unit: 'celsius', days: 3 },
    ],
    ['请问北京今天的天气怎么样？', 'get_weather', { city: '北京' }],
    ['查一下上海的天气，用华氏', 'get_weather', { city: '上海', unit: 'fahrenheit' }],
    ['今天北京会下雨吗？', 'get_weather', { city: '北京' }],
    ["what's the weather like?", 'get_weather', { city: 'here' }],
    ['天气怎么样', 'get_weather', { city: '这里' }],
    ['Set an alarm for 7 30, please.', 'setAlarm', { hour: 7, minute: 30 }],
    ['明天早上七点的闹钟', 'setAlarm', { hour: 7, minute: 0 }],
    ['search for "old trains"', 'web_search', { query: 'old trains', safe: true }],
    [
      'search the web for trains in winter',
      'web_search',
      { query: 'trains in winter', safe: true },
    ],
    ['帮我搜索一下蒸汽机车', 'web_search', { query: '蒸汽机车', safe: true }],
  ])('"%s" calls %s', async (said, name, wanted) => {
    const { calls, text } = await reply(said, { tools });
    expect(calls).toMatchObject([{ name }]);
    expect(JSON.parse(calls[0]!.arguments)).toEqual(wanted);
    expect(text).toBe('');
  });

  test('none is called unasked, and one where one must be', async () => {
    expect(await reply('tell me a story', { tools })).toMatchObject({
      calls: [],
      text: 'You said: tell me a story',
    });
    const none = { tools, toolChoice: 'none' as const };
    expect((await reply('the weather in Rome', none)).calls).toEqual([]);
    const required = { tools, toolChoice: 'required' as const };
    expect((await reply('tell me a story', required)).calls).toMatchObject([
      { name: 'get_weather' },
    ]);
  });

  test('ids of calls differ', async () => {
    const [a, b] = [
      await reply('weather in Rome', { tools }),
      await reply('weather in Rome', { tools }),
    ];
    expect(a.calls[0]!.callId).not.toBe(b.calls[0]!.callId);
  });

  test.each<[string, unknown, unknown]>([
    [
      'turn off the light',
      { properties: { on: { type: 'boolean' } }, required: ['on'] },
      { on: false },
    ],
    ['翻译成英文', { properties: { to: { enum: ['en', 'zh'] } } }, { to: 'en' }],
    [
      'trains from Paris to Rome tomorrow',
      {
        $defs: { place: { type: 'string', description: 'a city' } },
        properties: {
          origin: { $ref: '#/$defs/place' },
          destination: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/place' }] },
          date: { type: 'string', format: 'date' },
          seats: { type: 'integer' },
        },
        required: ['origin', 'destination', 'date'],
      },
      { origin: 'Paris', destination: 'Rome', date: 'tomorrow' },
    ],
    [
      '从北京到上海的高铁',
      {
        properties: { from_city: { type: 'string' }, to_city: { type: 'string' } },
        required: ['from_city', 'to_city'],
      },
      { from_city: '北京', to_city: '上海' },
    ],
    [
      'add 3 and 4',
      {
        properties: {
          values: { type: 'array', items: { type: 'number' } },
          options: { type: 'object', properties: { kind: { const: 'sum' } }, required: ['kind'] },
        },
        required: ['values', 'options'],
      },
      { values: [3], options: { kind: 'sum' } },
    ],
    ['x', { $ref: '#/loop', loop: { $ref: '#/loop' } }, {}],
    ['x', { properties: { a: { $ref: '#/properties/a' } }, required: ['a'] }, { a: null }],
    ['x', null, {}],
  ])('"%s" fills %j', async (said, parameters, wanted) => {
    const tool = { name: 'only', description: '', parameters };
    const { calls } = await reply(said, { tools: [tool], toolChoice: 'required' });
    expect(JSON.parse(calls[0]!.arguments)).toEqual(wanted);
  });

  test.each<[string, string, string]>([
    [
      '{"temperature":21,"sky":"clear"}',
      'How is the weather?',
      'Get weather says: temperature is 21, sky is clear.',
    ],
    ['{"temperature":21,"sky":"晴"}', '天气怎么样？', '查到了，temperature是21，sky是晴。'],
    ['{"answer":"It rains."}', 'How is the weather?', 'Get weather says: It rains.'],
    ['rain', 'How is the weather?', 'Get weather says: rain.'],
    ['', 'How is the weather?', 'It is done.'],
    ['{"error":"no such city"}', 'How is the weather?', 'That did not work: no such city.'],
    ['["a",{"b":true}]', 'How is the weather?', 'Get weather says: a, yes.'],
  ])('the result %s is told', async (result, said, answer) => {
    const turns: MindTurn[] = [
      user(said),
      assistant(''),
      { role: 'tool', text: result, callId: 'c1', toolName: 'get_weather' },
    ];
    expect(await reply(turns, { tools })).toEqual({ text: answer, thinking: '', calls: [] });
  });
});

test('only a thinking model thinks, and not in what it says', async () => {
  const { text, thinking } = await reply('hello', { model: 'step-audio-r1.5' });
  expect(text).toBe('Hello! How can I help you?');
  expect(thinking).toContain('greeting');
  expect((await reply('hello')).thinking).toBe('');
});

test('a reply comes clause by clause, and ends when nobody waits for it', async () => {
  const abort = new AbortController();
  const request = {
    model: 'x',
    turns: [user('数到九')],
    tools: [],
    toolChoice: 'auto' as const,
    signal: abort.signal,
  };
  const pieces: MindEvent[] = [];
  const speaking = (async () => {
    for await (const event of mind.reply(request)) {
      pieces.push(event);
      if (pieces.length === 3) abort.abort('enough');
    }
  })();
  await expect(speaking).rejects.toBe('enough');
  expect(pieces).toEqual(['1，', '2，', '3，'].map((text) => ({ type: 'text', text })));
});

test.each([
  [
    'It is 3.5, or 1,000: yes! "No?" Well',
    ['It is 3.5, ', 'or 1,000: ', 'yes! ', '"No?" ', 'Well'],
  ],
  ['你好！有什么可以帮你？', ['你好！', '有什么可以帮你？']],
  ['\n\n. a', ['\n\n. ', 'a']],
  ['', []],
])('the clauses of %j', (text, clauses) => {
  expect(toClauses(text)).toEqual(clauses);
});
