import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { decodeBase64 } from '@stepvoice/core/audio';
import { MPEGDecoder } from 'mpg123-decoder';
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulatorWith } from '../emulator.ts';
import type { Emulator } from '../emulator.ts';
import { createSession, eventsOf, speak } from '../testing/raw-client.ts';
import type { RawSocket } from '../testing/raw-client.ts';
import { createToneEngine } from '../testing/tone-engine.ts';

/** A tone of 500 Hz that lasts a tenth of a second for each character. */
const TEXT = 'a tone of two secs..';
const SECONDS = TEXT.length / 10;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulatorWith({}, createToneEngine);
});
afterAll(() => emulator.close());

type Sound = { samples: Float32Array; sampleRate: number };

/** Decodes a file with a program that is not ours. */
async function decode(format: string, bytes: Uint8Array): Promise<Sound> {
  const decoder =
    format === 'mp3'
      ? new MPEGDecoder()
      : format === 'flac'
        ? new FLACDecoder()
        : new OggOpusDecoder();
  await decoder.ready;
  try {
    const { channelData, sampleRate } =
      'decodeFile' in decoder ? await decoder.decodeFile(bytes) : decoder.decode(bytes);
    const [samples = new Float32Array()] = channelData;
    return { samples, sampleRate };
  } finally {
    decoder.free();
  }
}

/** How often the wave rises from well below zero to well above: what a codec adds at the ends is too soft to count. */
function countWaves(samples: Float32Array): number {
  let waves = 0;
  let isLow = false;
  for (const sample of samples) {
    if (sample < -0.1) isLow = true;
    if (sample > 0.1 && isLow) {
      waves += 1;
      isLow = false;
    }
  }
  return waves;
}

function expectTone({ samples, sampleRate }: Sound, seconds: number, slackSeconds: number): void {
  expect(Math.abs(samples.length / sampleRate - seconds)).toBeLessThanOrEqual(slackSeconds);
  expect(Math.abs(countWaves(samples) / seconds - 500)).toBeLessThan(5);
}

/** Streams say nothing about the delay and the padding of their codec: up to three frames of the lowest rate's MP3. */
const STREAM_SLACK = { mp3: 0.22, flac: 0, opus: 0.001 };

describe.each(['mp3', 'flac', 'opus'] as const)('%s', (format) => {
  test.each([8000, 24_000])('over HTTP and SSE is one file, at %i Hz', async (rate) => {
    const body = { input: TEXT, response_format: format, sample_rate: rate };
    const answer = await speak(emulator, body);
    const file = await decode(format, new Uint8Array(await answer.arrayBuffer()));
    expectTone(file, SECONDS, STREAM_SLACK[format]);
    expect(file.sampleRate).toBe(format === 'opus' ? 48_000 : rate);
    const sse = await speak(emulator, { ...body, stream_format: 'sse' });
    const parts = eventsOf(await sse.text()).flatMap((event) =>
      event === '[DONE]' ? [] : [decodeBase64(event['audio'] as string)],
    );
    expectTone(
      await decode(format, new Uint8Array(Buffer.concat(parts))),
      SECONDS,
      STREAM_SLACK[format],
    );
  });

  test('as return_url is a file that knows its length', async () => {
    const answer = await speak(emulator, {
      input: TEXT,
      response_format: format,
      return_url: true,
    });
    const { data } = (await answer.json()) as { data: { url: string } };
    expect(new URL(data.url).pathname.endsWith(`.${format}`)).toBe(true);
    const file = await fetch(data.url);
    expectTone(await decode(format, new Uint8Array(await file.arrayBuffer())), SECONDS, 0.05);
  });

  async function say(
    session: RawSocket,
  ): Promise<{ deltas: Uint8Array[]; seconds: number; done: Uint8Array }> {
    for (const text of [TEXT.slice(0, 11), TEXT.slice(11)]) {
      session.send('tts.text.delta', { text });
      session.send('tts.text.flush');
    }
    session.send('tts.text.done');
    await session.closed;
    const deltas = session.events.filter(({ type }) => type === 'tts.response.audio.delta');
    return {
      deltas: deltas.map(({ data }) => decodeBase64(data['audio'] as string)),
      seconds: deltas.reduce((sum, { data }) => sum + (data['duration'] as number), 0),
      done: decodeBase64(session.events.at(-1)?.data['audio'] as string),
    };
  }

  test('over the socket every delta is a file of its own, and the last event has one of all', async () => {
    const { deltas, seconds, done } = await say(
      await createSession(emulator, { response_format: format }),
    );
    expect(deltas.length).toBeGreaterThan(10);
    expect(seconds).toBeCloseTo(SECONDS, 3);
    let total = 0;
    for (const delta of deltas) {
      const sound = await decode(format, delta);
      expect(sound.samples.length).toBeGreaterThan(0);
      total += sound.samples.length / sound.sampleRate;
    }
    // Some decoders do not heed what an MP3 says about its padding: at most three frames of 24 ms for each file.
    expect(total).toBeGreaterThanOrEqual(SECONDS - 0.01);
    expect(total).toBeLessThanOrEqual(SECONDS + (format === 'mp3' ? deltas.length * 0.075 : 0.01));
    expectTone(await decode(format, done), SECONDS, STREAM_SLACK[format]);
  });

  test('as a stream over the socket all deltas are one file', async () => {
    const session = await createSession(emulator, { response_format: `${format}_stream` });
    const { deltas, seconds, done } = await say(session);
    const whole = new Uint8Array(Buffer.concat(deltas));
    expect(deltas.every((delta) => delta.length > 0)).toBe(true);
    expect(seconds).toBeCloseTo(SECONDS, 3);
    expect(done).toEqual(whole);
    expectTone(await decode(format, whole), SECONDS, STREAM_SLACK[format]);
  });
});
