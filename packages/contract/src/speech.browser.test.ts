import { describe, expect, inject, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { StepAudio, ValidationError } from '@stepvoice/core';
import type { OpenSocket, StepAudioOptions } from '@stepvoice/core';
import type { RequestRecord } from '@stepvoice/emulator';
import { TEXT, VOICE, speak } from './speech-calls.ts';

function createClient(options: Partial<StepAudioOptions> = {}): StepAudio {
  const { url, apiKey } = inject('emulator');
  return new StepAudio({ apiKey, baseURL: url, ...options });
}

async function latestSocket(): Promise<RequestRecord> {
  const { requests } = (await commands.admin(inject('emulator'), 'GET', 'log')) as {
    requests: RequestRecord[];
  };
  return requests.filter((request) => request.endpoint === 'speech-socket').at(-1)!;
}

/** A figure that has stayed the same for ten looks. */
async function settled(look: () => Promise<number>): Promise<number> {
  let last = await look();
  let same = 0;
  await vi.waitFor(
    async () => {
      const now = await look();
      same = now === last ? same + 1 : 0;
      last = now;
      expect(same).toBeGreaterThanOrEqual(10);
    },
    { interval: 50, timeout: 15_000 },
  );
  return last;
}

describe('a socket of a page', () => {
  test('cannot carry the key in a header, and the error says what helps', async () => {
    const connecting = createClient().speech.connect({ voice: VOICE });
    await expect(connecting).rejects.toThrow(ValidationError);
    await expect(connecting).rejects.toMatchObject({
      path: 'openSocket',
      instead: expect.stringMatching(/openSocket.*relay.*keyInSubprotocol/),
    });
  });

  test('may be opened by the page, and never has the key in its address', async () => {
    const { apiKey } = inject('emulator');
    const addresses: string[] = [];
    const openSocket: OpenSocket = (url, { headers }) => {
      addresses.push(url);
      expect(headers['authorization']).toBe(`Bearer ${apiKey}`);
      return new WebSocket(url, ['realtime', `openai-insecure-api-key.${apiKey}`]);
    };
    const { audio, error } = await speak(createClient({ openSocket }), 'connect');
    expect(error).toBeUndefined();
    expect(audio.length).toBeGreaterThan(24_000);
    expect(addresses).toHaveLength(1);
    expect(addresses[0]).not.toContain(apiKey);
  });

  test('is given no more text while its audio is unread', async () => {
    const { speech } = createClient({ keyInSubprotocol: true });
    await using socket = await speech.connect({ voice: VOICE });
    // Ten minutes of sound.
    for (let i = 0; i < 300; i += 1) socket.write(TEXT);
    socket.end();
    expect(await socket.next()).toMatchObject({ done: false });
    const spoken = await settled(async () => (await latestSocket()).audioSeconds);
    expect(spoken).toBeGreaterThan(1);
    expect(spoken).toBeLessThan(30);
    // And reading makes room for more.
    let heard = 0;
    for await (const event of socket) {
      if (event.type === 'audio') heard += event.durationSeconds ?? 0;
      if (heard > spoken) break;
    }
    expect(heard).toBeGreaterThan(spoken);
  });
});

test('subtitles come with their times', async () => {
  const { speech } = createClient();
  const file = await speech.create({ text: TEXT, voice: VOICE, format: 'wav', timestamps: true });
  const words = file.subtitles.flatMap((subtitle) => subtitle.words);
  expect(words.map((word) => word.text).join('')).toBe(TEXT);
  for (const [index, word] of words.entries()) {
    expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
    expect(word.startMs).toBeGreaterThanOrEqual(words[index - 1]?.endMs ?? 0);
  }
});

test('a platform stream of audio plays through fetch-like plumbing', async () => {
  const { speech } = createClient();
  const stream = speech.stream({ text: TEXT, voice: VOICE }).toReadableStream();
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const context = new OfflineAudioContext(1, 24_000, 24_000);
  const buffer = context.createBuffer(1, bytes.length / 2, 24_000);
  const samples = new Int16Array(bytes.buffer);
  buffer.copyToChannel(
    Float32Array.from(samples, (sample) => sample / 32_768),
    0,
  );
  expect(buffer.duration).toBeGreaterThan(0.8);
});
