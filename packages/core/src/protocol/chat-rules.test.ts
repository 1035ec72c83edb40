import { describe, expect, test } from 'vitest';
import type { WireChatRequest } from './chat-request.ts';
import { CHAT_AUDIO_LIMIT, findChatRequestIssues } from './chat-rules.ts';
import type { ChatSound } from './chat-rules.ts';

const request: WireChatRequest = {
  model: 'stepaudio-2.5-chat',
  messages: [{ role: 'user', content: '火车几点到？' }],
};
const spoken: WireChatRequest = {
  ...request,
  model: 'step-audio-2',
  modalities: ['text', 'audio'],
  audio: { voice: 'wenrounansheng', format: 'wav' },
};
const tool = { type: 'function', function: { name: 'find_train' } };
const sound: ChatSound = { path: 'messages[0]', container: 'mp3', seconds: 10, length: 1000 };

const pathsOf = (change: object, sounds: ChatSound[] = []) =>
  findChatRequestIssues({ ...request, ...change }, sounds).map(({ path }) => path);

test.each<[string, WireChatRequest, ChatSound[]]>([
  ['text', request, []],
  ['a model of somebody else', { ...request, model: 'qwen3' }, []],
  ['speech, whole', spoken, []],
  ['speech, streamed', { ...spoken, stream: true, audio: { voice: 'x', format: 'pcm' } }, []],
  ['the limits', { ...request, temperature: 2, top_p: 0, frequency_penalty: 1, n: 1 }, []],
  ['tools', { ...request, tools: [tool], tool_choice: 'required' }, []],
  ['one tool', { ...request, tools: [tool], tool_choice: tool }, []],
  ['thirty segments', request, [{ ...sound, seconds: 25 * 30 }]],
  ['as many sounds', request, Array.from({ length: 30 }, () => ({ ...sound, seconds: undefined }))],
  ['as much base64', request, [{ ...sound, length: CHAT_AUDIO_LIMIT }]],
  ['wav', request, [{ ...sound, container: 'wav' }]],
])('%s is fine', (_, allowed, sounds) => {
  expect(findChatRequestIssues(allowed, sounds)).toEqual([]);
});

describe('what the service would refuse', () => {
  test.each([
    [{ model: 'step-tts-2' }, 'model'],
    [{ model: '' }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'system', content: 'x' }] }, 'messages'],
    [{ messages: [...request.messages, { role: 'robot', content: 'x' }] }, 'messages[1].role'],
    [{ messages: [{ role: 'user', content: '' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages[0].content[0].type'],
    [
      { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
      'messages[0].content[0].input_audio',
    ],
    [
      {
        messages: [
          ...request.messages,
          { role: 'assistant', content: [{ type: 'input_audio', input_audio: { data: '' } }] },
        ],
      },
      'messages[1].content[0]',
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ modalities: ['text', 'video'] }, 'modalities[1]'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ temperature: 2.1 }, 'temperature'],
    [{ temperature: Number.NaN }, 'temperature'],
    [{ top_p: -0.1 }, 'top_p'],
    [{ frequency_penalty: -1 }, 'frequency_penalty'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ n: 0 }, 'n'],
    [{ tools: [tool, tool] }, 'tools[1].function.name'],
    [{ tools: [{ function: { name: ' ' } }] }, 'tools[0].function.name'],
    [{ model: 'step-audio-r1.5', tools: [tool] }, 'tools'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ tool_choice: 'find_train', tools: [tool] }, 'tool_choice'],
    [{ tool_choice: { function: { name: 'other' } }, tools: [tool] }, 'tool_choice'],
  ])('%j', (change, path) => {
    expect(pathsOf(change)).toEqual([path]);
  });

  test.each([
    [{ audio: undefined }, ['audio.voice', 'audio.format']],
    [{ audio: { format: 'wav' } }, ['audio.voice']],
    [{ audio: { voice: 'x', format: 'pcm' } }, ['audio.format']],
    [{ stream: true }, ['audio.format']],
  ])('speech with %j', (change, paths) => {
    expect(pathsOf({ ...spoken, ...change })).toEqual(paths);
  });

  test('too much sound, and WAV where only MP3 is taken', () => {
    expect(pathsOf({}, [{ ...sound, seconds: 25 * 30 + 1 }])).toEqual(['messages']);
    expect(
      pathsOf(
        {},
        Array.from({ length: 31 }, () => sound),
      ),
    ).toEqual(['messages']);
    expect(pathsOf({}, [sound, { ...sound, length: CHAT_AUDIO_LIMIT }])).toEqual(['messages']);
    const wav: ChatSound = { ...sound, container: 'wav', path: 'messages[0].content[1]' };
    expect(pathsOf({ model: 'step-1o-audio' }, [sound, wav])).toEqual(['messages[0].content[1]']);
  });

  test('a refusal never holds what was said', () => {
    const secret = 'mein Geheimnis';
    const issues = findChatRequestIssues(
      { ...request, messages: [{ role: 'robot', content: secret }], tool_choice: 'required' },
      [],
    );
    expect(issues.length).toBeGreaterThan(1);
    expect(JSON.stringify(issues)).not.toContain(secret);
  });
});
