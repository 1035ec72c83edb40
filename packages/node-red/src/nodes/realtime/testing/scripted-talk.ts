import { Buffer } from 'node:buffer';
import { createManualClock, type ManualClock } from '@stepvoice/emulator';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { FlowMessage } from '../../../kit/node-red.ts';
import { fakeNode, type FakeNode } from '../../../kit/testing/fake-host.ts';
import { realtimeDefinition } from '../definition.ts';
import { createRealtime } from '../realtime-node.ts';
import { ScriptedEngine, type ScriptedConversation } from './scripted-engine.ts';

/** The node without a Node-RED and without a service, made anew for each test of a file. */
export class ScriptedTalk {
  engine = new ScriptedEngine();
  clock: ManualClock = createManualClock();
  node!: FakeNode;

  start(config: Record<string, unknown> = {}, today = () => 'Monday'): void {
    this.engine = new ScriptedEngine();
    this.clock = createManualClock();
    const { engine, clock } = this;
    this.node = fakeNode(
      realtimeDefinition.properties,
      (host) => createRealtime(host, { engine, today }),
      { config, outputs: 4, clock },
    );
  }

  /** Closes the node, of which nothing may be left. */
  async end(): Promise<void> {
    await this.node.close();
    expect(this.engine.conversations.every(({ isClosed }) => isClosed)).toBe(true);
    expect(this.clock.pending).toBe(0);
  }

  /** What left at an output. */
  sent(output: number): FlowMessage[] {
    return this.node.sent
      .map((ports) => ports[output])
      .filter((message) => message != null) as FlowMessage[];
  }

  /** What was told of an event. */
  events(name: string): unknown[] {
    return this.sent(3)
      .filter(({ event }) => event === name)
      .map(({ payload }) => payload);
  }

  /** Resolves when a message is done. @returns its error */
  async done(message: unknown): Promise<unknown> {
    const { dones } = this.node.input(message);
    await until(() => expect(dones).toHaveLength(1));
    return dones[0];
  }

  async connect(message: FlowMessage = { action: 'start' }): Promise<ScriptedConversation> {
    expect(await this.done(message)).toBeUndefined();
    return this.engine.last;
  }
}

export function useScriptedTalk(): ScriptedTalk {
  const talk = new ScriptedTalk();
  beforeEach(() => talk.start());
  afterEach(() => talk.end());
  return talk;
}

export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { interval: 1, timeout: 2000 });
}

/** 20 ms of silence, as a microphone sends it. */
export function frame(more: FlowMessage = {}): FlowMessage {
  const audio = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };
  return { payload: Buffer.alloc(640), audio, ...more };
}

export const speechStarted = {
  type: 'speech-started',
  itemId: 'user-1',
  atMs: 0,
  interruptedResponseId: undefined,
} as const;
