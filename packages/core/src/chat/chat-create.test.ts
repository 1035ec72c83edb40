import { describe, expect, test } from 'vitest';
import { readWav, writeWav } from '../audio/index.ts';
import {
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  ValidationError,
} from '../errors.ts';
import { ScriptedServer } from '../net/testing/scripted-server.ts';
import type { ChatOptions } from './chat-options.ts';
import { answerJson, base64, createChat } from './testing/chat-server.ts';

const messages = [{ role: 'user', content: '火车几点到？' }] as const;
const pcm = { samples: Int16Array.of(1, -2, 300), sampleRate: 16_000 };
/** A plausible frame of MPEG-1 layer III: 417 bytes at 128 kbit/s and 44.1 kHz. */
const mp3 = new Uint8Array(417 + 4);
mp3.set([0xff, 0xfb, 0x90, 0x00]);
mp3.set([0xff, 0xfb, 0x90, 0x00], 417);

const answer = (message: object, more: object = {}, finishReason: string | null = 'stop') => ({
  id: '019c22d2aa1177e0b0c1d2e3f4a5b6c7',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }],
  ...more,
});
const serve = (body: unknown, status = 200) =>
  ScriptedServer.start((_, response) => answerJson(response, body, status));

describe('the answer', () => {
  test('text with its cost', async () => {
    const usage = { prompt_tokens: 40, completion_tokens: 12, total_tokens: 52, cached_tokens: 8 };
    await using server = await serve(answer({ content: '八点。' }, { usage }));
    const { chat, clock } = createChat(server);
    expect(await chat.create({ messages })).toEqual({
      text: '八点。',
      reasoning: undefined,
      audio: undefined,
      toolCalls: [],
      speechTokens: undefined,
      finishReason: 'stop',
      usage: { inputTokens: 40, outputTokens: 12, totalTokens: 52, cachedInputTokens: 8 },
      message: { role: 'assistant', content: '八点。' },
      requestId: 't-1',
    });
    expect(server.lastRequest).toMatchObject({
      url: '/v1/chat/completions',
      json: {
        model: 'stepaudio-2.5-chat',
        messages: [{ role: 'user', content: '火车几点到？' }],
        modalities: ['text'],
        stream: false,
      },
    });
    expect(clock.pending).toBe(0);
  });

  test('speech is a file with what it says', async () => {
    const wav = writeWav(pcm);
    await using server = await serve(
      answer({ audio: { data: base64(wav), transcript: '好的。' } }),
    );
    const { chat } = createChat(server);
    const { audio, text, message } = await chat.create({
      messages,
      audio: { voice: 'wenrounansheng' },
    });
    expect(audio).toEqual({ bytes: wav, format: 'wav', transcript: '好的。' });
    expect(readWav(audio!.bytes).samples).toEqual(pcm.samples);
    expect(text).toBe('好的。');
    expect(message).toEqual({ role: 'assistant', content: '好的。' });
    expect(server.lastRequest.json).toMatchObject({
      model: 'step-audio-2',
      modalities: ['text', 'audio'],
      audio: { voice: 'wenrounansheng', format: 'wav' },
    });
  });

  test('speech was asked for, and only words came', async () => {
    await using server = await serve(answer({ audio: { transcript: '好的。' } }));
    const { audio, text } = await createChat(server).chat.create({
      messages,
      audio: { voice: 'wenrounansheng' },
    });
    expect({ audio, text }).toEqual({ audio: undefined, text: '好的。' });
  });

  test('tool calls without a reason to end, and their way back', async () => {
    const call = {
      id: 'c1',
      type: 'function',
      index: 0,
      function: { name: 'f', arguments: '{"a":1}' },
    };
    await using server = await serve(answer({ content: '', tool_calls: [call] }, {}, null));
    const { chat } = createChat(server);
    const first = await chat.create({ messages });
    expect(first).toMatchObject({
      text: '',
      finishReason: undefined,
      toolCalls: [
        { id: 'c1', name: 'f', arguments: '{"a":1}', parsed: { ok: true, value: { a: 1 } } },
      ],
    });
    await chat.create({
      messages: [...messages, first.message, { role: 'tool', callId: 'c1', content: '八点' }],
    });
    expect(server.lastRequest.json['messages']).toEqual([
      { role: 'user', content: '火车几点到？' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '八点' },
    ]);
  });

  test.each([
    { reasoning: 'hm' },
    { reasoning_content: 'hm' },
    { reasoning: '', reasoning_content: 'hm' },
  ])('thoughts under either name: %j', async (thoughts) => {
    await using server = await serve(answer({ content: 'a', ...thoughts }));
    expect(await createChat(server).chat.create({ messages })).toMatchObject({
      text: 'a',
      reasoning: 'hm',
    });
  });

  test("speech codes of a server of one's own, there and back", async () => {
    const tts = { tts_text: '你好', tts_audio: '<audio_1475><audio_1978>' };
    await using server = await serve(answer({ content: '', tts_content: tts }));
    const { chat } = createChat(server);
    const { speechTokens, message } = await chat.create({
      messages: [...messages, { role: 'assistant', content: '<tts_start>' }],
      model: 'step-audio-2-mini',
      extraBody: { continue_final_message: true, repetition_penalty: 1.05 },
    });
    expect(speechTokens).toEqual({ text: '你好', codes: [1475, 1978] });
    expect(server.lastRequest.json).toMatchObject({
      continue_final_message: true,
      repetition_penalty: 1.05,
    });
    await chat.create({ messages: [...messages, message] });
    expect(server.lastRequest.json['messages']).toMatchObject([{}, { tts_content: tts }]);
  });
});

test('everything that can be said', async () => {
  await using server = await serve(answer({ content: 'a' }));
  const tool = { name: 'f', description: 'finds', parameters: { type: 'object' } };
  await createChat(server).chat.create({
    model: 'stepaudio-3-chat-preview',
    messages: [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'audio', audio: pcm },
          { type: 'audio', audio: mp3 },
          { type: 'text', text: 't' },
        ],
      },
    ],
    modalities: ['text'],
    tools: [tool, { name: 'g' }],
    toolChoice: { name: 'g' },
    maxTokens: 9,
    temperature: 0,
    topP: 0.5,
    frequencyPenalty: 1,
    stop: ['x', 'y'],
    responseFormat: { type: 'json_object' },
    reasoningEffort: 'low',
  });
  const wav = `data:audio/wav;base64,${base64(writeWav(pcm))}`;
  expect(server.lastRequest.json).toEqual({
    model: 'stepaudio-3-chat-preview',
    messages: [
      { role: 'system', content: 's' },
      {
        role: 'user',
        content: [
          { type: 'input_audio', input_audio: { data: wav } },
          { type: 'input_audio', input_audio: { data: `data:audio/mpeg;base64,${base64(mp3)}` } },
          { type: 'text', text: 't' },
        ],
      },
    ],
    modalities: ['text'],
    stream: false,
    tools: [
      { type: 'function', function: tool },
      { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
    ],
    tool_choice: { type: 'function', function: { name: 'g' } },
    max_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    frequency_penalty: 1,
    stop: ['x', 'y'],
    response_format: { type: 'json_object' },
    reasoning_effort: 'low',
  });
});

describe('before anything is sent', () => {
  const audio = (bytes: unknown) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 't' },
          { type: 'audio', audio: bytes },
        ],
      },
    ],
  });
  test.each([
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [null] }, 'messages[0]'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].callId'],
    [{ messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [null] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [audio(Uint8Array.of(1, 2, 3, 4)), 'messages[0].content[1].audio'],
    [audio(Buffer.from('fLaC and so on')), 'messages[0].content[1].audio'],
    [audio('UklGRg=='), 'messages[0].content[1].audio'],
    [audio({ samples: new Int16Array(0), sampleRate: 16_000 }), 'messages[0].content[1].audio'],
    [{ ...audio(pcm), model: 'step-1o-audio' }, 'messages[0].content[1].audio'],
    [{ messages: [{ role: 'assistant', toolCalls: [{ id: 'a' }] }] }, 'messages[0].toolCalls[0]'],
    [
      { messages: [{ role: 'assistant', toolCalls: [{ id: 'a', name: 'f', arguments: {} }] }] },
      'messages[0].toolCalls[0].arguments',
    ],
    [
      { messages: [{ role: 'assistant', speechTokens: { text: 'a' } }] },
      'messages[0].speechTokens.codes',
    ],
    [{ messages, audio: null }, 'audio'],
    [{ messages, toolChoice: null }, 'toolChoice'],
    [{ messages, toolChoice: 5, tools: [{ name: 'f' }] }, 'toolChoice'],
    [{ messages, audio: { voice: '' } }, 'audio.voice'],
    [{ messages, audio: { voice: 'x', format: 'mp3' } }, 'audio.format'],
    [{ messages, audio: { voice: 'x' }, model: 'stepaudio-2.5-chat' }, 'modalities'],
    [{ messages, max_tokens: 5 }, 'max_tokens'],
    [{ messages, maxTokens: 0 }, 'maxTokens'],
    [{ messages, topP: 2 }, 'topP'],
    [{ messages, tools: [{}] }, 'tools[0].name'],
    [{ messages, tools: [{ name: 'f' }, { name: 'f' }] }, 'tools[1].name'],
    [{ messages, toolChoice: 'required' }, 'toolChoice'],
    [{ messages, extraBody: { stream: true } }, 'extraBody.stream'],
  ])('%j is refused', async (options, path) => {
    await using server = await ScriptedServer.start();
    const { chat } = createChat(server);
    await expect(chat.create(options as unknown as ChatOptions)).rejects.toMatchObject({
      name: 'ValidationError',
      path,
    });
    expect(() => chat.stream(options as unknown as ChatOptions)).toThrow(ValidationError);
    expect(server.connections).toBe(0);
  });

  test('an option of the wire is told its name here', async () => {
    const { chat } = createChat({ url: 'http://127.0.0.1:9' });
    const refused = chat.create({ messages, tool_choice: 'auto' } as ChatOptions);
    await expect(refused).rejects.toMatchObject({ path: 'tool_choice', instead: 'toolChoice' });
  });

  test('too much sound is refused before it is encoded', async () => {
    const { chat } = createChat({ url: 'http://127.0.0.1:9' });
    const long = { samples: new Int16Array(16_000 * 26), sampleRate: 16_000 };
    const part = { type: 'audio', audio: long } as const;
    const say = (count: number) =>
      chat.create({
        messages: [{ role: 'user', content: Array.from({ length: count }, () => part) }],
      });
    await expect(say(10)).rejects.toMatchObject({
      path: 'messages',
      instead: expect.stringContaining('MP3'),
    });
    const short = {
      type: 'audio',
      audio: { samples: new Int16Array(8), sampleRate: 8000 },
    } as const;
    const parts = Array.from({ length: 31 }, () => short);
    await expect(
      chat.create({ messages: [{ role: 'user', content: parts }] }),
    ).rejects.toMatchObject({
      allowed: 'at most 30 segments of sound of 25 s',
    });
  });
});

describe('failures', () => {
  test.each([
    [429, { error: { message: 'slow down', type: 'rate_limited' } }, RateLimitError],
    [451, { error: { message: 'no', type: 'censorship_block' } }, ModerationError],
    [
      400,
      { error: { message: 'model x not supported', type: 'request_params_invalid' } },
      ServiceError,
    ],
    [200, { error: { message: 'engine overloaded', code: 503 } }, ServiceError],
    [200, { choices: [] }, ProtocolError],
    [200, { choices: [{ index: 0, finish_reason: 'stop' }] }, ProtocolError],
    [200, { hello: 'world' }, ProtocolError],
    [200, answer({ content: {} }), ProtocolError],
    [200, answer({ audio: { data: '*' } }), ProtocolError],
  ])('%i with %j', async (status, body, type) => {
    await using server = await serve(body, status);
    const { chat } = createChat(server, { retry: false });
    await expect(chat.create({ messages })).rejects.toBeInstanceOf(type);
  });

  test('a page of a gateway', async () => {
    await using server = await ScriptedServer.start((_, response) => response.end('<html></html>'));
    const failure = createChat(server).chat.create({ messages });
    await expect(failure).rejects.toMatchObject({ code: 'unexpected_answer' });
  });

  test('what was said is not repeated, by whatever the service echoes', async () => {
    const said = 'mein Geheimnis';
    await using server = await serve({ error: { message: `bad: ${said}`, type: 'x' } }, 400);
    const failure = await createChat(server)
      .chat.create({
        messages: [
          { role: 'system', content: 'secret' },
          { role: 'user', content: said },
        ],
      })
      .catch((error: unknown) => error as Error);
    expect((failure as Error).message).not.toContain(said);
    expect((failure as Error).message).toContain('[…]');
  });

  test('a cut answer, and one that is no longer wanted', async () => {
    await using server = await ScriptedServer.start((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"choices":');
      setImmediate(() => response.destroy());
    });
    const { chat } = createChat(server, { retry: false });
    await expect(chat.create({ messages })).rejects.toBeInstanceOf(ConnectionError);
    server.script = () => undefined;
    const abort = new AbortController();
    const waiting = chat.create({ messages, signal: abort.signal });
    await server.until(() => server.requests.length === 2);
    abort.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await server.untilAllClosed();
  });
});
