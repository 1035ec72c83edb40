import { describe, expect, test } from 'vitest';
import { readSessionOrder, readSpeechOrder } from './speech-order.ts';

const CN = { region: 'cn', clonedVoices: new Set(['voice-tone-Ab3dEf6hIj']) } as const;
const INTL = { region: 'intl', clonedVoices: new Set<string>() } as const;
const BODY = { model: 'stepaudio-2.5-tts', input: '你好。', voice: 'cixingnansheng' };
const OLD = { ...BODY, model: 'step-tts-2' };

function refusal(
  body: Record<string, unknown>,
  access: Parameters<typeof readSpeechOrder>[1] = CN,
) {
  try {
    readSpeechOrder(body, access);
  } catch (error) {
    const { status, type, message } = error as { status: number; type: string; message: string };
    return { status, type, message };
  }
  return undefined;
}

test('has the service’s defaults', () => {
  expect(readSpeechOrder(BODY, CN)).toEqual({
    model: 'stepaudio-2.5-tts',
    text: '你好。',
    format: 'mp3',
    sampleRate: 24_000,
    transport: 'binary',
    timestamps: false,
    delivery: { voice: 'cixingnansheng', sampleRate: 24_000, directives: true },
  });
  expect(readSpeechOrder(OLD, CN).delivery.directives).toBe(false);
});

describe('is as strict as the service', () => {
  test.each([
    [{ model: 'gpt-4' }, 'model gpt-4 not supported'],
    [{ model: 'stepaudio-2.5-asr' }, 'model stepaudio-2.5-asr not supported'],
    [{ voice_label: { emotion: '高兴' } }, 'voice_label is not supported for v2 models'],
    [
      { model: 'stepaudio-3-tts', voice_label: { style: '慢速' } },
      'voice_label is not supported for v2 models',
    ],
    [{ timestamp: true }, 'timestamp requires return_url=true or stream_format=sse'],
    [{ voice: 'alloy' }, 'voice alloy is not valid'],
    [{ voice: 'voice-tone-0000000000' }, 'voice voice-tone-0000000000 is not valid'],
    [{ model: 'step-tts-mini', voice: 'lively-girl' }, 'voice lively-girl is not valid'],
    [{ input: '好'.repeat(1001) }, 'input is not valid: expected 1 to 1000 characters'],
  ])('%j', (change, message) => {
    expect(refusal({ ...BODY, ...change })).toEqual({
      status: 400,
      type: 'request_params_invalid',
      message,
    });
  });

  test.each([
    [{ input: '' }, /^input is not valid/],
    [{ input: ' \n' }, /^input is not valid/],
    [{ input: undefined }, /^input is required/],
    [{ input: 7 }, /^input is not valid/],
    [{ model: undefined }, /^model is required/],
    [{ voice: undefined }, /^voice is required/],
    [{ response_format: 'aac' }, /^response_format is not valid/],
    [{ response_format: 'mp3_stream' }, /^response_format is not valid/],
    [{ sample_rate: 44_100 }, /^sample_rate is not valid/],
    [{ sample_rate: '24000' }, /^sample_rate is not valid/],
    [{ speed: 0.49 }, /^speed is not valid/],
    [{ speed: 2.01 }, /^speed is not valid/],
    [{ volume: 0 }, /^volume is not valid/],
    [{ stream_format: 'websocket' }, /^stream_format is not valid/],
    [{ return_url: true, stream_format: 'sse' }, /^return_url is not valid/],
    [{ instruction: 'x'.repeat(201) }, /^instruction is not valid/],
    [{ model: 'step-tts-mini', voice_label: { style: '温柔' } }, /^voice_label.style is not valid/],
    [
      { model: 'step-tts-2', voice_label: { emotion: '开心' } },
      /^voice_label.emotion is not valid/,
    ],
    [{ pronunciation_map: { tone: ['no slash'] } }, /^pronunciation_map.tone\[0\] is not valid/],
    [{ text_normalization: 'extreme' }, /^text_normalization is not valid/],
  ])('%j', (change, message) => {
    const { status, message: actual } = refusal({ ...BODY, ...change }) ?? {};
    expect(status).toBe(400);
    expect(actual).toMatch(message);
  });

  test('never says the text back', () => {
    expect(refusal({ ...BODY, input: 'secret\0' })?.message).not.toContain('secret');
  });
});

describe('forgives what the service forgives', () => {
  test('extra_body as the OpenAI JavaScript SDK sends it', () => {
    const { delivery } = readSpeechOrder(
      {
        ...OLD,
        speed: 1.5,
        extra_body: { volume: 0.5, voice_label: { emotion: '悲伤' }, speed: 2 },
      },
      CN,
    );
    expect(delivery).toMatchObject({ volume: 0.5, emotion: '悲伤', speed: 1.5 });
  });

  test('camel case is ignored, as are unknown fields and nulls', () => {
    const order = readSpeechOrder(
      {
        ...BODY,
        responseFormat: 'wav',
        sampleRate: 8000,
        voiceLabel: { emotion: '高兴' },
        language: 'zh',
        instructions: 'x',
        speed: null,
      },
      CN,
    );
    expect(order).toMatchObject({ format: 'mp3', sampleRate: 24_000 });
    expect(order.delivery).toEqual({
      voice: 'cixingnansheng',
      sampleRate: 24_000,
      directives: true,
    });
  });

  test.each([
    [{ tone: ['重庆/chong2庆'] }],
    [[{ tone: ['重庆/chong2庆'] }]],
    [[{ tone: '重庆/chong2庆' }]],
    [{ tone: '重庆/chong2庆' }],
  ])('pronunciation_map %j', (map) => {
    const { delivery } = readSpeechOrder({ ...BODY, pronunciation_map: map }, CN);
    expect(delivery.pronunciations).toEqual(['重庆/chong2庆']);
  });

  test.each([
    [{ emotion: 'Happy' }, { emotion: '高兴' }],
    [{ emotion: 'Very happy' }, { emotion: '非常高兴' }],
    [{ style: 'very_slow' }, { style: '极慢' }],
    [{ language: 'Cantonese' }, { language: '粤语' }],
    [{ language: 'Sichuan dialect' }, { language: '四川话' }],
    [{ language: 'Sichuanese' }, { language: '四川话' }],
    [{ language: '', emotion: '生气', style: '慢速' }, { emotion: '生气' }],
    [{ language: '粤语', emotion: '生气', style: '慢速' }, { language: '粤语' }],
    [{ emotion: null }, {}],
  ])('voice_label %j', (label, expected) => {
    const { emotion, style, language } = readSpeechOrder(
      { ...OLD, voice_label: label },
      CN,
    ).delivery;
    expect({
      ...(emotion && { emotion }),
      ...(style && { style }),
      ...(language && { language }),
    }).toEqual(expected);
  });

  test('an empty label is no label, also where none is allowed', () => {
    expect(refusal({ ...BODY, voice_label: { emotion: '' } })).toBeUndefined();
  });

  test('an instruction has no effect on older models, whatever its length', () => {
    const order = readSpeechOrder({ ...OLD, instruction: '慢一点'.repeat(500) }, CN);
    expect(order.delivery.instruction).toBeUndefined();
    expect(readSpeechOrder({ ...BODY, instruction: '慢一点' }, CN).delivery.instruction).toBe(
      '慢一点',
    );
    const longer = { ...BODY, model: 'stepaudio-3-tts', instruction: 'x'.repeat(500) };
    expect(refusal(longer)).toBeUndefined();
  });
});

describe('voices', () => {
  test('clones of the account, the data voice, and models without a published list', () => {
    expect(refusal({ ...BODY, voice: 'voice-tone-Ab3dEf6hIj' })).toBeUndefined();
    for (const model of [
      'stepaudio-3-tts',
      'stepaudio-2.5-tts',
      'step-tts-2',
      'step-tts-mini',
      'step-tts-vivid',
    ]) {
      expect(refusal({ ...BODY, model, voice: 'data-voice' })).toBeUndefined();
      expect(refusal({ ...BODY, model, voice: 'data-voice' }, INTL)).toBeUndefined();
    }
    expect(refusal({ ...BODY, model: 'stepaudio-3-tts', voice: 'lively-girl' })).toBeUndefined();
    expect(refusal({ ...OLD, voice: 'yingwennvsheng' })).toBeUndefined();
    expect(refusal({ ...BODY, voice: 'yingwennvsheng' })?.message).toBe(
      'voice yingwennvsheng is not valid',
    );
  });

  test('the international host has its seven alone', () => {
    const seven = [
      'elegantgentle-female',
      'lively-girl',
      'livelybreezy-female',
      'magnetic-voiced-male',
      'soft-spoken-gentleman',
      'vibrant-youth',
      'zixinnansheng',
    ];
    for (const voice of seven) expect(refusal({ ...OLD, voice }, INTL)).toBeUndefined();
    expect(refusal({ ...OLD, voice: 'cixingnansheng' }, INTL)?.message).toBe(
      'voice cixingnansheng is not valid',
    );
    expect(refusal({ ...OLD, voice: 'yingwennvsheng' }, INTL)?.status).toBe(400);
  });
});

test('reads tts.create with its own names', () => {
  const order = readSessionOrder(
    'stepaudio-2.5-tts',
    {
      session_id: 's',
      voice_id: 'ruyananshi',
      response_format: 'mp3_stream',
      sample_rate: 16_000,
      speed_ratio: 1.5,
      volume_ratio: 0.5,
      mode: 'sentence',
      timestamp: true,
      text_normalization: 'enhanced',
      features: { enable_markdown_filter: true },
    },
    CN,
  );
  expect(order).toEqual({
    model: 'stepaudio-2.5-tts',
    format: 'mp3_stream',
    sampleRate: 16_000,
    mode: 'sentence',
    timestamps: true,
    delivery: {
      voice: 'ruyananshi',
      sampleRate: 16_000,
      directives: true,
      speed: 1.5,
      volume: 0.5,
      markdownFilter: true,
      textNormalization: 'enhanced',
    },
  });
});
