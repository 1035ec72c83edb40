import { describe, expect, test } from 'vitest';
import { EventRefusal } from './event-refusal.ts';
import { defaultVoice } from './realtime-voices.ts';
import { initialSettings, toMindTools, toWireSession, updateSettings } from './session-settings.ts';

const MODEL = 'stepaudio-2.5-realtime';
const access = { region: 'cn', clonedVoices: new Set(['voice-tone-Abcdefghij']) } as const;
const rules = { model: MODEL, access, hasSpoken: false };
const initial = initialSettings(MODEL, access);

function refusalOf(patch: Record<string, unknown>, changes: object = {}): EventRefusal {
  try {
    updateSettings(initial, patch, { ...rules, ...changes });
  } catch (error) {
    if (error instanceof EventRefusal) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('an update', () => {
  test('changes only what is in it', () => {
    const first = updateSettings(
      initial,
      {
        instructions: 'Be brief.',
        voice: 'wenrounvsheng',
        tools: [{ type: 'function', function: { name: 'now' } }],
        tool_choice: 'required',
        temperature: 0.8,
        turn_detection: { type: 'server_vad', silence_duration_ms: 700 },
      },
      rules,
    );
    expect(first).toEqual({
      modalities: ['text', 'audio'],
      instructions: 'Be brief.',
      voice: 'wenrounvsheng',
      turnDetection: { prefixPaddingMs: 500, silenceDurationMs: 700, energyThreshold: 2500 },
      tools: [{ type: 'function', function: { name: 'now' } }],
      toolChoice: 'required',
      temperature: 0.8,
      maxTokens: undefined,
    });
    expect(updateSettings(first, { instructions: null, voice: null, tools: null }, rules)).toEqual(
      first,
    );
    const second = updateSettings(first, { tools: [], turn_detection: null }, rules);
    expect(second).toEqual({ ...first, tools: [], turnDetection: undefined });
  });

  test.each([
    [{ type: 'server_vad', threshold: 0.5, create_response: true, interrupt_response: true }],
    [{}],
  ])('takes %j for detection with the figures of the documentation', (detection) => {
    const { turnDetection } = updateSettings(initial, { turn_detection: detection }, rules);
    expect(turnDetection).toEqual({
      prefixPaddingMs: 500,
      silenceDurationMs: 100,
      energyThreshold: 2500,
    });
  });

  test('takes the echo of no detection for no detection', () => {
    const { turnDetection } = updateSettings(initial, { turn_detection: { type: '' } }, rules);
    expect(turnDetection).toBeUndefined();
  });

  test.each([
    [{ turn_detection: { type: 'semantic_vad' } }, 'session.turn_detection.type'],
    [
      { turn_detection: { energy_awakeness_threshold: 5001 } },
      'session.turn_detection.energy_awakeness_threshold',
    ],
    [{ turn_detection: { silence_duration_ms: -1 } }, 'session.turn_detection.silence_duration_ms'],
    [{ input_audio_format: 'g711_ulaw' }, 'session.input_audio_format'],
    [{ modalities: ['video'] }, 'session.modalities'],
    [{ tool_choice: 'get_time' }, 'session.tool_choice'],
    [
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'session.tools[0].function.name',
    ],
    [{ tools: [{ type: 'mcp' }] }, 'session.tools[0].type'],
    [{ voice: '' }, 'session.voice'],
  ])('%j is refused for its field', (patch, param) => {
    expect(refusalOf(patch)).toMatchObject({ code: 'invalid_value', param });
  });
});

describe('the voice', () => {
  test.each([
    [MODEL, 'linjiajiejie'],
    [MODEL, 'voice-tone-Abcdefghij'],
    [MODEL, 'data-voice'],
    ['step-audio-2', 'elegantgentle-female'],
    ['step-audio-2', 'voice-tone-Abcdefghij'],
    ['step-audio-2-mini', 'data-voice'],
    ['step-1o-audio', 'jingdiannvsheng'],
  ])('%s has %s', (model, voice) => {
    expect(updateSettings(initial, { voice }, { ...rules, model }).voice).toBe(voice);
  });

  test.each([
    [MODEL, 'alloy'],
    [MODEL, 'voice-tone-Zyxwvutsrq'],
    ['step-audio-2-mini', 'linjiajiejie'],
    ['step-1o-audio', 'tianmeinvsheng'],
  ])('%s has no %s', (model, voice) => {
    const refusal = refusalOf({ voice }, { model });
    expect(refusal.message).toBe(`voice ${voice} is not valid`);
  });

  test('the international host has seven', () => {
    const intl = { region: 'intl', clonedVoices: new Set<string>() } as const;
    expect(refusalOf({ voice: 'linjiajiejie' }, { access: intl }).message).toBe(
      'voice linjiajiejie is not valid',
    );
    expect(defaultVoice(MODEL, intl)).toBe('vibrant-youth');
    expect(defaultVoice('step-audio-2-mini', intl)).toBe('qingchunshaonv');
  });

  test('stays once it has been heard', () => {
    const later = { hasSpoken: true };
    expect(refusalOf({ voice: 'wenrounvsheng', instructions: 'x' }, later).param).toBe(
      'session.voice',
    );
    const same = updateSettings(initial, { voice: initial.voice }, { ...rules, ...later });
    expect(same).toEqual(initial);
  });
});

test('the session is told whole, detection that is off as null', () => {
  expect(toWireSession(initial, MODEL)).toEqual({
    object: 'realtime.session',
    model: MODEL,
    modalities: ['text', 'audio'],
    instructions: '',
    voice: 'linjiajiejie',
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    turn_detection: null,
    tools: [],
    tool_choice: 'auto',
    max_response_output_tokens: 4096,
  });
});

test('functions are understood nested and flat, what runs on the server is not asked of the client', () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const tools = [
    { type: 'function', function: { name: 'nested', description: 'A', parameters } },
    { type: 'function', name: 'flat', description: null },
    { type: 'web_search' },
    { type: 'retrieval', function: { options: { vector_store_id: '1' } } },
  ];
  const { tools: kept } = updateSettings(initial, { tools }, rules);
  expect(toMindTools(kept)).toEqual([
    { name: 'nested', description: 'A', parameters },
    { name: 'flat', description: '', parameters: {} },
  ]);
});
