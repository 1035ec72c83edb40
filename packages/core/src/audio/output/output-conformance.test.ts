import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { AudioOutput } from './audio-output.ts';
import { toOutputPort, type MessagePortLike } from './output-port.ts';
import { connectOutput } from './port-output.ts';
import { serveOutput } from './serve-output.ts';
import { PullDevice, collectRig, tickingRig } from './testing/device-rigs.ts';
import { OUTPUT_BEHAVIOURS, applies, type OutputRig } from './testing/output-conformance.ts';

type Built = { rig: OutputRig; dispose: () => Promise<void> };

function pullRig(latencyMs: number): Built {
  const device = new PullDevice({ latencyMs });
  const { output } = device;
  const fail = () => output.fail(new Error('the connection is gone'));
  const rig = tickingRig(() => device.tick(), { output, fail });
  return { rig, dispose: () => output.close() };
}

async function overChannel(
  far: AudioOutput,
  build: (near: AudioOutput) => OutputRig,
  now: () => number,
): Promise<Built> {
  const { port1, port2 } = new MessageChannel();
  const endServing = serveOutput(toOutputPort(port2 as MessagePortLike), far, { now });
  const near = await connectOutput(toOutputPort(port1 as MessagePortLike), {
    creditSeconds: 0.2,
    now,
  });
  return {
    rig: build(near),
    async dispose() {
      await near.close();
      endServing();
      port1.close();
      await far.close();
    },
  };
}

const OUTPUTS: Record<string, () => Built | Promise<Built>> = {
  PullOutput: () => pullRig(0),
  'PullOutput on a device with latency': () => pullRig(70),
  CollectOutput: () => {
    const rig = collectRig();
    return { rig, dispose: () => rig.output.close() };
  },
  'a port to a PullOutput': () => {
    const device = new PullDevice();
    const fail = () => device.output.fail(new Error('the connection is gone'));
    return overChannel(
      device.output,
      (output) => tickingRig(() => device.tick(), { output, fail }),
      () => device.nowMs,
    );
  },
  'a port to a CollectOutput': () => {
    const far = collectRig();
    return overChannel(
      far.output,
      (output) => ({ ...far, output }),
      () => 0,
    );
  },
};

describe.each(Object.entries(OUTPUTS))('%s', (_, build) => {
  test.each(OUTPUT_BEHAVIOURS)('$name', async (behaviour) => {
    const { rig, dispose } = await build();
    expect.hasAssertions();
    try {
      expect(rig.output.takes).toBe('samples');
      if (applies(behaviour, rig)) await behaviour.check(rig);
    } finally {
      await dispose();
    }
  });
});
