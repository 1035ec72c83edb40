import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataVoice, startEmulator } from '@stepvoice/emulator';
import { StepAudio } from '@stepvoice/core/node';
import { durationSeconds, readWav, writeWav } from '@stepvoice/core/audio';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import registerAccount from '../entries/stepvoice-account.ts';
import registerAsr from '../entries/stepvoice-asr.ts';
import type { FlowMessage } from '../kit/node-red.ts';
import { playWith } from '../nodes/play/testing/register-play.ts';
import { bundlePage } from '../page-build/bundle-page.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../testing/flow-rig.ts';

const TOKEN = 'a-key-of-the-page-0123';
const SPOKEN = 'Light on.';
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 640 },
  hasTouch: true,
  isMobile: true,
  locale: 'en',
};
const SCREENSHOTS = fileURLToPath(new URL('../../../../.results/node-red', import.meta.url));
/** To be heard for longer than any test lasts. */
const LONG_SOUND_SECONDS = 20;
const RATE = 24_000;

let folder: string;
let spokenSeconds: number;
let html: string;
let browser: Browser;
let rig: FlowRig;
/** That a page has told its console. */
const problems: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'play-page-'));
  await mkdir(SCREENSHOTS, { recursive: true });
  const microphone = join(folder, 'microphone.wav');
  const emulator = await startEmulator({ port: 0 });
  const client = new StepAudio({ apiKey: emulator.apiKey, baseURL: `${emulator.url}/v1` });
  const spoken = client.speech.create({ voice: dataVoice, text: SPOKEN, format: 'wav' });
  await Promise.all([
    spoken.then(({ audio }) => {
      spokenSeconds = durationSeconds(readWav(audio));
      return writeFile(microphone, audio);
    }),
    bundlePage().then((page) => {
      html = page;
    }),
  ]);
  await client.close();
  await emulator.close();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}%noloop`,
      '--host-resolver-rules=MAP phone.test 127.0.0.1',
    ],
  });
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await rig.close();
  expect(problems.splice(0)).toEqual([]);
});

async function start(settings: object = {}, more: readonly FlowItem[] = []): Promise<void> {
  const files = [registerAccount, registerAsr, playWith(() => Promise.resolve(html))];
  rig = await startFlowRig(
    files,
    (account) => [
      { id: 'play', type: 'stepvoice-play', wires: [['mic', 'asr'], ['events']], ...settings },
      { id: 'mic', type: 'helper' },
      { id: 'events', type: 'helper' },
      ...more.map((item) => ({ account, ...item })),
    ],
    { credentials: { play: { token: TOKEN } } },
  );
}

async function open(options: BrowserContextOptions = {}, host = '127.0.0.1'): Promise<Page> {
  const context = await browser.newContext({ ...PHONE, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (line) => {
    // What its policy forbids is told here; that a node was not there for a moment is told, too, and is as it should be.
    const isExpected = line.text().startsWith('WebSocket connection to');
    if (line.type() === 'error' && !isExpected) problems.push(line.text());
  });
  await page.addInitScript(METER);
  const url = new URL(rig.url);
  url.hostname = host;
  await page.goto(`${url.origin}/stepvoice/play/play#${TOKEN}`);
  return page;
}

async function event(name: string): Promise<FlowMessage> {
  while (true) {
    const message = await rig.next('events');
    if (message['event'] === name) return message;
  }
}

function tone(seconds: number): FlowMessage {
  const samples = Int16Array.from({ length: seconds * RATE }, (_, i) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / RATE)),
  );
  return {
    payload: Buffer.from(samples.buffer),
    audio: { format: 'pcm', sampleRate: RATE, encoding: 's16le', channels: 1 },
  };
}

/** Keeps in `lastLoudMs` when anything louder than -60 dBFS was last rendered, and how far the device lags behind it. */
const METER = `
  const connect = AudioNode.prototype.connect;
  const meters = new Map();
  AudioNode.prototype.connect = function (target, ...rest) {
    const result = connect.call(this, target, ...rest);
    if (target instanceof AudioDestinationNode) {
      let meter = meters.get(this.context);
      if (meter === undefined) {
        meter = new AnalyserNode(this.context, { fftSize: 64 });
        meters.set(this.context, meter);
        const block = new Float32Array(64);
        setInterval(() => {
          meter.getFloatTimeDomainData(block);
          if (block.some((sample) => Math.abs(sample) > 0.001)) {
            const lag = this.context.outputLatency * 1000;
            globalThis.lastLoudMs = performance.timeOrigin + performance.now() + lag; 
          }
        }, 1);
      }
      connect.call(this, meter);
    }
    return result;
  };
`;

const lastLoudMs = (page: Page): Promise<number> => page.evaluate('globalThis.lastLoudMs ?? 0');
const nowMs = (): number => performance.timeOrigin + performance.now();

async function untilLoud(page: Page): Promise<void> {
  await expect
    .poll(async () => nowMs() - (await lastLoudMs(page)), { interval: 5 })
    .toBeLessThan(100);
}

/** @returns when the last of the sound was heard, once it has been silent for a while */
async function untilSilent(page: Page): Promise<number> {
  await expect
    .poll(async () => nowMs() - (await lastLoudMs(page)), { interval: 10 })
    .toBeGreaterThan(150);
  return lastLoudMs(page);
}

test('what is said to a phone is text in the flow', async () => {
  await start({ cleaning: false }, [
    { id: 'asr', type: 'stepvoice-asr', wires: [['text']] },
    { id: 'text', type: 'helper' },
  ]);
  const page = await open();
  const talk = page.getByRole('button', { name: 'Hold to talk' });
  await talk.focus();
  await page.keyboard.down('Space');
  const { sessionId } = await event('talk-start');
  await expect.poll(() => page.locator('#state').textContent()).toBe('Listening to you');
  await page.screenshot({ path: join(SCREENSHOTS, 'play-talking.png') });
  // With what a device takes to begin.
  const frames = (spokenSeconds + 0.5) * 50;
  await expect.poll(() => rig.received('mic').length, { timeout: 20_000 }).toBeGreaterThan(frames);
  await page.keyboard.up('Space');
  expect(await event('talk-stop')).toMatchObject({ sessionId, payload: { why: 'asked' } });
  expect(await rig.next('text')).toMatchObject({ payload: SPOKEN, sessionId });
  const said = rig.received('mic').slice(0, -1);
  expect(new Set(said.map(({ payload }) => (payload as Buffer).length))).toEqual(new Set([640]));
});

test('a cancel is silence within 50 ms', async () => {
  await start();
  const page = await open();
  await page.locator('#unlock').tap();
  const sound = tone(LONG_SOUND_SECONDS);
  const delays: number[] = [];
  for (let round = 0; round < 7; round++) {
    rig.send('play', { ...sound, round });
    const playing = await event('playing');
    await untilLoud(page);
    const decidedMs = nowMs();
    rig.send('play', { action: 'cancel', sessionId: playing.sessionId });
    const played = await event('played');
    expect(played).toMatchObject({ round, payload: { whole: false } });
    delays.push((await untilSilent(page)) - decidedMs);
  }
  delays.sort((one, other) => one - other);
  expect(delays[3], `of ${delays.map(Math.round).join(', ')} ms`).toBeLessThanOrEqual(50);
});

test('sounds follow one another, of any kind, and are told when they were heard', async () => {
  await start();
  const page = await open();
  await page.locator('#unlock').tap();
  const { payload } = tone(0.3);
  const samples = new Int16Array(new Uint8Array(payload as Buffer).buffer);
  const parts = (index: number, count?: number) => ({
    parts: { id: 'stream', type: 'buffer', index, ...(count === undefined ? {} : { count }) },
  });
  const wav = Buffer.from(writeWav({ samples, sampleRate: RATE }));
  rig.send('play', { ...tone(0.2), ...parts(0) });
  rig.send('play', { ...tone(0.2), ...parts(1, 2) });
  rig.send('play', { payload: wav, kind: 'wav' });
  // What a browser decodes by itself.
  rig.send('play', { payload: wav, audio: { format: 'mp3' }, kind: 'file' });
  rig.send('play', { payload: Buffer.alloc(500, 3), audio: { format: 'flac' }, kind: 'broken' });
  const heard: [unknown, number, boolean][] = [];
  for (let count = 0; count < 4; count++) {
    const message = await event('played');
    const { heardMs, whole, stream } = message.payload as {
      heardMs: number;
      whole: boolean;
      stream?: string;
    };
    heard.push([message['kind'] ?? stream, heardMs, whole]);
  }
  heard.sort(([one], [other]) => String(one).localeCompare(String(other)));
  expect(heard).toEqual([
    ['broken', 0, false],
    ['file', 300, true],
    ['stream', 400, true],
    ['wav', 300, true],
  ]);
  await expect.poll(() => page.locator('#notice').textContent()).toMatch(/could not be played/);
});

test('talking silences the speaker, and a tap talks until the next', async () => {
  await start();
  const page = await open();
  await page.locator('#unlock').tap();
  rig.send('play', tone(LONG_SOUND_SECONDS));
  await event('playing');
  await untilLoud(page);
  await page.locator('#talk').tap();
  const { heardMs } = (await event('played')).payload as { heardMs: number };
  expect(heardMs).toBeLessThan(5000);
  await event('talk-start');
  await expect.poll(() => page.locator('#talk').getAttribute('data-look')).toBe('latched');
  await page.locator('#talk').tap();
  await event('talk-stop');
});

test('hands-free goes on after the connection was lost', async () => {
  await start();
  const page = await open();
  await page.getByRole('switch', { name: 'Hands-free' }).check();
  const { sessionId, payload } = await event('talk-start');
  expect(payload).toMatchObject({ handsFree: true });
  await rig.deploy(() => [
    { id: 'play', type: 'stepvoice-play', wires: [['mic'], ['events']], title: 'Again' },
    { id: 'mic', type: 'helper' },
    { id: 'events', type: 'helper' },
  ]);
  expect(await event('talk-start')).toMatchObject({ sessionId, payload: { handsFree: true } });
  expect(await page.title()).toBe('Again');
  await page.getByRole('button', { name: 'Mute' }).tap();
  await event('talk-stop');
});

test('over http it says why there is no microphone, and can be heard', async () => {
  await start();
  const page = await open({}, 'phone.test');
  await expect.poll(() => page.locator('#notice').textContent()).toMatch(/only to https pages/);
  expect(await page.locator('#talk').isDisabled()).toBe(true);
  await page.screenshot({ path: join(SCREENSHOTS, 'play-http.png') });
  await page.locator('#unlock').tap();
  rig.send('play', tone(0.1));
  expect(await event('played')).toMatchObject({ payload: { heardMs: 100, whole: true } });
});

test.each([
  ['light', 'en', 360],
  ['dark', 'en', 360],
  ['light', 'zh-CN', 320],
  ['dark', 'zh-CN', 320],
] as const)('looks right in %s, %s, %i px wide', async (colorScheme, locale, width) => {
  await start({ title: 'Kitchen 厨房' });
  const page = await open({ colorScheme, locale, viewport: { width, height: 640 } });
  await event('connected');
  rig.send('play', { payload: locale === 'en' ? 'Is the oven on?' : '烤箱开着吗？', role: 'user' });
  rig.send('play', {
    payload: locale === 'en' ? 'It is, at 180 °C.' : '开着，180 度。',
    role: 'assistant',
  });
  await expect.poll(() => page.locator('#captions p[data-speaker]').count()).toBe(2);
  await page.screenshot({ path: join(SCREENSHOTS, `play-${colorScheme}-${locale}.png`) });
  const [inner, outer] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]',
  )) as [number, number];
  expect(inner).toBeLessThanOrEqual(width);
  expect(outer).toBeLessThanOrEqual(640);
});

test('a wrong key is said, and not tried again', async () => {
  await start();
  const page = await open();
  await event('connected');
  await page.goto('about:blank');
  await page.goto(`${rig.url}/stepvoice/play/play#another-key-0123456789`);
  await expect.poll(() => page.locator('#state').textContent()).toMatch(/no longer valid/);
});
