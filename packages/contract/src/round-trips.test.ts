import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StepAudio } from '@stepvoice/core/node';
import type { RealtimeEvent, RealtimeResponse, RealtimeSession } from '@stepvoice/core/node';
import { concatSamples, decodePcm16 } from '@stepvoice/core/audio';
import { hearDataSpeech, startEmulator } from '@stepvoice/emulator';
import type { Emulator } from '@stepvoice/emulator';

const TEXT = '明天八点开会。Bring 2 pens!';
const VOICE = 'data-voice';

let emulator: Emulator;
/** Answers as fast as they are heard. */
let atPace: Emulator;
let client: StepAudio;

beforeAll(async () => {
  emulator = await startEmulator();
  atPace = await startEmulator({ pace: 'real-time' });
  client = connect(emulator);
});
afterAll(async () => {
  await client.close();
  await Promise.all([emulator.close(), atPace.close()]);
});

function connect({ apiKey, url }: Emulator): StepAudio {
  return new StepAudio({ apiKey, baseURL: url });
}

async function spoken(text: string, sampleRate: 16_000 | 24_000 | 48_000): Promise<Int16Array> {
  const { audio } = await client.speech.create({ text, voice: VOICE, format: 'pcm', sampleRate });
  return decodePcm16(audio);
}

describe('what was spoken is transcribed to the letter', () => {
  test.each([16_000, 24_000, 48_000] as const)('as PCM at %d Hz, by HTTP', async (sampleRate) => {
    const samples = await spoken(TEXT, sampleRate);
    const { text } = await client.transcription.stream({ samples, sampleRate }).text();
    expect(text).toBe(TEXT);
  });

  test.each([16_000, 24_000, 48_000] as const)('as PCM at %d Hz, by socket', async (sampleRate) => {
    const samples = await spoken(TEXT, sampleRate);
    await using socket = await client.transcription.connect();
    // In frames of 20 ms, as a microphone gives them.
    const frame = sampleRate / 50;
    for (let at = 0; at < samples.length; at += frame) {
      socket.write(samples.subarray(at, at + frame), sampleRate);
    }
    socket.end();
    let text = '';
    for await (const event of socket) if (event.type === 'final') text += event.text;
    expect(text).toBe(TEXT);
  });

  test('segment by segment over one socket', async () => {
    const samples = await spoken('好的', 24_000);
    await using socket = await client.transcription.connect({ sampleRate: 24_000 });
    socket.write(samples);
    socket.commit();
    const texts: string[] = [];
    for await (const event of socket) {
      if (event.type !== 'final') continue;
      texts.push(event.text);
      if (texts.length > 1) continue;
      socket.write(samples);
      socket.end();
    }
    expect(texts).toEqual(['好的', '好的']);
  });

  test.each([
    ['mp3', 24_000],
    ['mp3', 48_000],
    ['opus', 16_000],
    ['opus', 24_000],
    ['opus', 48_000],
    ['wav', 24_000],
  ] as const)('through %s at %d Hz', async (format, sampleRate) => {
    const { audio } = await client.speech.create({ text: TEXT, voice: VOICE, format, sampleRate });
    const { text } = await client.transcription.stream(audio).text();
    expect(text).toBe(TEXT);
  });
});

describe('a conversation', () => {
  test.each([
    ['二加三等于几？', '5'],
    ['What is six times seven?', '42'],
  ])('%s is answered right, in sound', async (question, answer) => {
    await using session = await client.realtime.connect({ voice: VOICE });
    session.write(await spoken(question, 24_000), 24_000);
    await session.commit();
    await session.respond();
    const { audio, transcript } = await hearAnswer(session);
    expect(transcript).toContain(answer);
    expect(await hearDataSpeech({ samples: audio, sampleRate: 24_000 })).toBe(transcript);
  });

  test('with detected turns, at any rate of the microphone', async () => {
    await using session = await client.realtime.connect({ voice: VOICE, turnDetection: {} });
    const question = await spoken('二加三等于几？', 48_000);
    session.write(question, 48_000);
    session.write(new Int16Array(48_000), 48_000);
    const { transcript, events } = await hearAnswer(session);
    expect(transcript).toContain('5');
    const types = events.map(({ type }) => type);
    expect(types.indexOf('speech-started')).toBeGreaterThanOrEqual(0);
    expect(types.indexOf('speech-stopped')).toBeLessThan(types.indexOf('audio'));
  });

  test('is interrupted by speaking into the answer: not one more sample of it comes', async () => {
    await using paced = connect(atPace);
    await using session = await paced.realtime.connect({
      voice: 'cixingnansheng',
      turnDetection: { silenceDurationMs: 300 },
    });
    const interruption = await spoken('等一下', 24_000);
    await session.say('请跟我说：从前有座山，山里有座庙，庙里有个老和尚，老和尚在给小和尚讲故事。');
    let first: string | undefined;
    let samplesAfter = 0;
    let isInterrupted = false;
    let answer: RealtimeResponse | undefined;
    for await (const event of session) {
      if (event.type === 'audio') {
        if (first === undefined) {
          first = event.responseId;
          session.write(interruption, 24_000);
        }
        if (isInterrupted && event.responseId === first) samplesAfter += event.samples.length;
      }
      if (event.type === 'speech-started') isInterrupted = true;
      if (event.type === 'response-done' && event.response.id === first) {
        answer = event.response;
        break;
      }
    }
    expect(isInterrupted).toBe(true);
    expect(answer?.interrupted).toBe(true);
    expect(answer?.audioMs).toBeLessThan(4000);
    expect(samplesAfter).toBe(0);
  });
});

async function hearAnswer(session: RealtimeSession): Promise<{
  audio: Int16Array;
  transcript: string;
  events: RealtimeEvent[];
}> {
  const events: RealtimeEvent[] = [];
  for await (const event of session) {
    events.push(event);
    if (event.type === 'response-done') break;
  }
  const pieces = events.flatMap((event) => (event.type === 'audio' ? [event.samples] : []));
  const deltas = events.flatMap((event) => (event.type === 'transcript' ? [event.delta] : []));
  return { audio: concatSamples(pieces), transcript: deltas.join(''), events };
}
