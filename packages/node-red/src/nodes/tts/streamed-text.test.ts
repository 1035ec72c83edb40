import { createManualClock } from '@stepvoice/emulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FlowMessage } from '../../kit/node-red.ts';
import { until, type Caught, type FreshFlows } from '../../testing/fresh-flows.ts';
import type { Ended, FlowRig } from '../../testing/flow-rig.ts';
import { bytesOf, deployTts, heard, startTtsFlows } from './testing/tts-flows.ts';

let flows: FreshFlows;
let rig: FlowRig;
beforeAll(async () => {
  flows = await startTtsFlows();
  ({ rig } = flows);
});
afterAll(() => rig.close());
afterEach(() => flows.reset());

const start = (settings: Record<string, unknown> = {}): Promise<void> => deployTts(flows, settings);
const send = (message: FlowMessage): void => flows.send('tts', message);
const next = (id: string): Promise<FlowMessage> => flows.next(id);
const nextEnded = (): Promise<Ended> => flows.nextEnded('tts');
const caught = (): Promise<Caught> => flows.caught();
const wholeStream = (): Promise<FlowMessage[]> => flows.wholeStream('out');

const streamed = (payload: string, index: number, isLast = false): FlowMessage => ({
  payload,
  parts: { id: 'stream', type: 'string', ch: '', index, ...(isLast ? { count: index + 1 } : {}) },
  stepvoice: { stream: 'text' },
  ...(isLast ? { complete: true } : {}),
});

describe('streamed text', () => {
  it('is one utterance over one socket, begun before it is written', async () => {
    await start({ output: 'stream' });
    send(streamed('It rains. ', 0));
    const first = await next('out');
    expect(first).toMatchObject({ stepvoice: { stream: 'audio' }, parts: { type: 'buffer' } });
    send(streamed('Take an umbrella.', 1));
    send(streamed('', 2, true));
    const rest = await wholeStream();
    expect(rest.at(-1)?.stepvoice?.usage).toEqual({ characters: 27 });
    expect(rig.emulator.counters.requests).toEqual({ 'speech-socket': { 101: 1 } });
    await nextEnded();
  });

  it('ends as a whole whose place in the text is not kept', async () => {
    await start();
    send(streamed('好', 0));
    send(streamed('的。', 1, true));
    const message = await next('out');
    expect(await heard(bytesOf(message))).toBe('好的。');
    expect(message).not.toHaveProperty('parts');
    expect(message).not.toHaveProperty('complete');
    expect(message.stepvoice?.stream).toBeUndefined();
    for (const _ of [1, 2]) expect((await nextEnded()).error).toBeUndefined();
  });

  it('of a Split node is put together again', async () => {
    await start({ streamedText: 'parts' });
    const parts = { id: 'lines', type: 'string', ch: ' ', count: 2 };
    send({ payload: 'a', parts: { ...parts, index: 0 } });
    send({ payload: 'b.', parts: { ...parts, index: 1 } });
    expect(await heard(bytesOf(await next('out')))).toBe('a b.');
  });

  it('with nothing in it is no failure', async () => {
    await start();
    send(streamed(' ', 0));
    send(streamed('', 1, true));
    for (const _ of [1, 2]) expect((await nextEnded()).error).toBeUndefined();
    expect(rig.emulator.counters.requests).toEqual({});
  });

  it('that goes wrong is an error of its first message, and its rest is left alone', async () => {
    await start({ output: 'stream' });
    send(streamed('It rains. ', 0));
    await next('out');
    send({ ...streamed('', 1), payload: { no: 'text' } });
    expect((await caught()).error).toMatchObject({ code: 'invalid_input' });
    expect((await wholeStream()).at(-1)?.stepvoice).toMatchObject({ isCut: true });
    send(streamed('Not heard.', 2, true));
    for (const _ of [1, 2, 3]) await nextEnded();
    expect(flows.ended('tts').filter(({ error }) => error !== undefined)).toHaveLength(1);
    expect(rig.emulator.counters.requests['speech-socket']).toEqual({ 101: 1 });
  });

  it('that stops without its end is spoken, and then an error', async () => {
    const clock = createManualClock();
    flows.clock = clock;
    await start();
    send(streamed('Half.', 0));
    await until(() => rig.emulator.counters.openSockets > 0 && clock.pending > 0);
    clock.advance(30_000);
    expect(await heard(bytesOf(await next('out')))).toBe('Half.');
    expect((await caught()).error.code).toBe('stream_stopped');
    await flows.quiet();
  });
});
