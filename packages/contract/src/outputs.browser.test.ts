import { beforeAll, describe, expect, test } from 'vitest';
import {
  connectOutput,
  serveOutput,
  toOutputPort,
  writeWav,
  type AudioOutput,
  type AudioOutputEvent,
  type AudioPiece,
} from '@stepvoice/core/audio';
import { createElementOutput, createWebAudioOutput } from '@stepvoice/core/browser';
import {
  OUTPUT_BEHAVIOURS,
  applies,
  type OutputRig,
} from '../../core/src/audio/output/testing/output-conformance.ts';
import { clickPage, sleep, until } from './page-gesture.ts';

const RATE = 24_000;
const FREQUENCY = 440;

function tone(seconds: number): Int16Array {
  const step = (2 * Math.PI * FREQUENCY) / RATE;
  return Int16Array.from({ length: Math.round(seconds * RATE) }, (_, i) =>
    Math.round(8000 * Math.sin(step * i)),
  );
}

function samplesPiece(id: number, seconds: number): AudioPiece {
  return { id, sound: { samples: tone(seconds), sampleRate: RATE } };
}

function clipPiece(id: number, seconds: number): AudioPiece {
  const bytes = writeWav({ samples: tone(seconds), sampleRate: RATE });
  return { id, sound: { bytes, mediaType: 'audio/wav', durationSeconds: seconds } };
}

const inRealTime = {
  // What two busy processors may take to call back.
  toleranceSeconds: 0.1,
  until,
  run: (seconds: number) => sleep(seconds * 1000),
};

type Built = { rig: OutputRig; dispose: () => Promise<void> };

function webAudioRig(): Built {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'playback' });
  const output = createWebAudioOutput({ sampleRate: RATE, context, queueSeconds: 1 });
  const wrongPiece = () => ({ id: 99, sound: { samples: tone(0.1), sampleRate: 11_025 } });
  const fail = () => void context.dispatchEvent(new Event('error'));
  return {
    rig: { ...inRealTime, output, piece: samplesPiece, wrongPiece, fail },
    async dispose() {
      await output.close();
      await context.close();
    },
  };
}

async function portRig(): Promise<Built> {
  const { rig, dispose } = webAudioRig();
  const { port1, port2 } = new MessageChannel();
  const endServing = serveOutput(toOutputPort(port2), rig.output);
  const output = await connectOutput(toOutputPort(port1), { creditSeconds: 0.2 });
  return {
    rig: { ...rig, output },
    async dispose() {
      await output.close();
      endServing();
      port1.close();
      await dispose();
    },
  };
}

function elementRig(): Built {
  const elements = [new Audio(), new Audio()] as const;
  const output = createElementOutput({ elements, queueSeconds: 1 });
  const wrongPiece = () => samplesPiece(99, 0.1);
  const fail = () => {
    for (const element of elements) if (!element.paused) element.dispatchEvent(new Event('error'));
  };
  return {
    rig: { ...inRealTime, output, piece: clipPiece, wrongPiece, fail },
    dispose: () => output.close(),
  };
}

const OUTPUTS: Record<string, () => Built | Promise<Built>> = {
  WebAudio: webAudioRig,
  'WebAudio behind a message port': portRig,
  'two audio elements': elementRig,
};

beforeAll(() => clickPage());

describe.concurrent.each(Object.entries(OUTPUTS))('%s', (_, build) => {
  test.concurrent.each(OUTPUT_BEHAVIOURS)('$name', async (behaviour) => {
    const { rig, dispose } = await build();
    try {
      expect(rig.output.keepsTime).toBe(true);
      if (applies(behaviour, rig)) await behaviour.check(rig);
    } finally {
      await dispose();
    }
  });
});

/**
 * As phones do it: an element sounds if it has sounded in a gesture before, and a context runs if it was told so in one.
 * (What this browser itself allows a page depends on what was clicked in it before.)
 */
class PhonePolicy {
  #isGesture = false;
  readonly #unlocked = new Set<HTMLMediaElement>();

  createElement(): HTMLAudioElement {
    const element = new Audio();
    const play = element.play.bind(element);
    element.play = () => {
      if (this.#isGesture) this.#unlocked.add(element);
      if (this.#unlocked.has(element)) return play();
      return Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    };
    return element;
  }

  async createContext(): Promise<AudioContext> {
    const context = new AudioContext({ sampleRate: RATE, latencyHint: 'playback' });
    await context.suspend();
    const resume = context.resume.bind(context);
    context.resume = () => (this.#isGesture ? resume() : new Promise(() => {}));
    return context;
  }

  gesture<Result>(act: () => Result): Result {
    this.#isGesture = true;
    try {
      return act();
    } finally {
      this.#isGesture = false;
    }
  }
}

function watch<Output extends AudioOutput>(output: Output) {
  const events: AudioOutputEvent[] = [];
  output.subscribe((event) => events.push(event));
  const types = () => events.map(({ type }) => type);
  const count = (type: string) => types().filter((each) => each === type).length;
  return { output, events, types, count };
}

function watchElements(policy: PhonePolicy) {
  const elements = [policy.createElement(), policy.createElement()] as const;
  return { ...watch(createElementOutput({ elements })), elements };
}

describe('before a gesture', () => {
  test.concurrent('outputs say that they are blocked, and play when they are resumed in one', async () => {
    const policy = new PhonePolicy();
    const [context, farContext] = [await policy.createContext(), await policy.createContext()];
    const { port1, port2 } = new MessageChannel();
    const far = createWebAudioOutput({ sampleRate: RATE, context: farContext });
    const endServing = serveOutput(toOutputPort(port2), far);
    const near = watch(await connectOutput(toOutputPort(port1)));
    const webAudio = watch(createWebAudioOutput({ sampleRate: RATE, context }));
    const elements = watchElements(policy);
    const all = [webAudio, near, elements];
    const everyCount = (type: string, count: number) =>
      all.every((watched) => watched.count(type) === count);
    void webAudio.output.enqueue(samplesPiece(1, 0.2));
    void near.output.enqueue(samplesPiece(1, 0.2));
    void elements.output.enqueue(clipPiece(1, 0.2));
    await until(() => everyCount('blocked', 1));
    await sleep(400);
    expect(all.map(({ types }) => types())).toEqual([['blocked'], ['blocked'], ['blocked']]);
    // Without a gesture: the same again.
    for (const { output } of all) output.resume();
    await until(() => everyCount('blocked', 2));
    policy.gesture(() => {
      for (const output of [webAudio.output, far, elements.output]) output.resume();
    });
    await until(() => everyCount('ended', 1));
    expect(everyCount('blocked', 2)).toBe(true);
    endServing();
    port1.close();
    await Promise.all([...all.map(({ output }) => output.close()), far.close()]);
    await Promise.all([context.close(), farContext.close()]);
  });

  test.concurrent('a stop forgets that an output was blocked, and the next piece says it again', async () => {
    const context = await new PhonePolicy().createContext();
    const { output, count, types } = watch(createWebAudioOutput({ sampleRate: RATE, context }));
    void output.enqueue(samplesPiece(1, 0.2));
    await until(() => count('blocked') === 1);
    output.stop();
    void output.enqueue(samplesPiece(2, 0.2));
    await until(() => count('blocked') === 2);
    expect(types()).toEqual(['blocked', 'blocked']);
    await output.close();
    await context.close();
  });
});

describe('audio elements on a phone', () => {
  test.concurrent('both sound long after the gesture that unlocked them', async () => {
    const policy = new PhonePolicy();
    const { output, types, count } = watchElements(policy);
    expect(await policy.gesture(() => output.unlock())).toBe(true);
    for (const id of [1, 2, 3]) await output.enqueue(clipPiece(id, 0.15));
    await until(() => count('ended') === 3);
    expect(types()).not.toContain('blocked');
    await output.close();
  });

  test.concurrent('a piece that comes while they are unlocked is played', async () => {
    const policy = new PhonePolicy();
    const { output, types, count } = watchElements(policy);
    const unlocking = policy.gesture(() => output.unlock());
    for (const id of [1, 2]) await output.enqueue(clipPiece(id, 0.15));
    expect(await unlocking).toBe(true);
    await until(() => count('ended') === 2);
    expect(types()).not.toContain('blocked');
    await output.close();
  });

  test.concurrent('without a gesture unlocking tells that it did nothing', async () => {
    const { output, types } = watchElements(new PhonePolicy());
    expect(await output.unlock()).toBe(false);
    void output.enqueue(clipPiece(1, 0.15));
    await until(() => types().length > 0);
    expect(types()).toEqual(['blocked']);
    await output.close();
  });

  test.concurrent('what the platform pauses is told, and goes on at resume', async () => {
    const policy = new PhonePolicy();
    const { output, elements, events, count } = watchElements(policy);
    await policy.gesture(() => output.unlock());
    void output.enqueue(clipPiece(1, 0.5));
    await until(() => events.length > 0);
    for (const element of elements) element.pause();
    await until(() => events.some((event) => event.type === 'position' && !event.advancing));
    await sleep(100);
    expect(count('ended')).toBe(0);
    output.resume();
    await until(() => count('ended') === 1);
    await output.close();
  });
});

describe('a file that cannot be played', () => {
  const broken = (id: number): AudioPiece => ({
    id,
    sound: { bytes: new Uint8Array(500).fill(7), mediaType: 'audio/mpeg', durationSeconds: 0.2 },
  });

  test.concurrent.each([
    ['at once', [broken(1)], []],
    ['in its turn', [clipPiece(1, 0.2), broken(2), clipPiece(3, 0.2)], [1]],
  ])('fails %s, and the next one plays', async (_, pieces, heard) => {
    const { output, events, types, count } = watch(createElementOutput());
    for (const piece of pieces) void output.enqueue(piece);
    await until(() => types().includes('failed'));
    const endedIds = events.flatMap((event) => (event.type === 'ended' ? [event.pieceId] : []));
    expect(endedIds).toEqual(heard);
    expect(count('failed')).toBe(1);
    await output.enqueue(clipPiece(9, 0.1));
    await until(() => count('ended') === heard.length + 1);
    expect(events.at(-1)).toMatchObject({ pieceId: 9 });
    expect(count('failed')).toBe(1);
    await output.close();
  });
});

test('a rate that the platform refuses is replaced by its own', async () => {
  const output = createWebAudioOutput({ sampleRate: 1000 });
  expect(output.sampleRate).toBeGreaterThanOrEqual(8000);
  await output.close();
  await expect(output.enqueue(samplesPiece(1, 0.1))).rejects.toMatchObject({
    code: 'output_closed',
  });
});

test('a context that the page closes fails the output', async () => {
  const context = new AudioContext({ sampleRate: RATE });
  const output = createWebAudioOutput({ sampleRate: RATE, context });
  const types: string[] = [];
  output.subscribe(({ type }) => types.push(type));
  void output.enqueue(samplesPiece(1, 1));
  await until(() => types.length > 0);
  await context.close();
  await until(() => types.includes('failed'));
  await expect(output.enqueue(samplesPiece(2, 0.1))).rejects.toMatchObject({ code: 'output_gone' });
  await output.close();
});
