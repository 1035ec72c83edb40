import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Figures } from '../../harness/row.ts';
import { median } from '../../harness/statistics.ts';
import { startFlowRuntime, type FlowItem, type FlowRuntime } from '../flow-runtime.ts';
import type { FlowTaskOf } from '../flow-task.ts';

const AUDIO = Buffer.alloc(960, 1).toString('base64');
const MICROPHONE = { format: 'pcm', encoding: 's16le', sampleRate: 16_000, channels: 1 };
/** So long the service may take to see that a connection is gone. */
const NOTICE_MS = 2000;

/** Deploys again and again while sound streams: what is left open, and how long a deploy takes. */
export async function measureRedeploys({ times }: FlowTaskOf<'redeploy'>): Promise<Figures> {
  let open = 0;
  // A service whose answers never end.
  const service = createServer((request, response) => {
    request.resume();
    open += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = `data: {"type":"speech.audio.delta","audio":"${AUDIO}"}\n\n`;
    const timer = setInterval(() => response.write(event), 10);
    response.once('close', () => {
      clearInterval(timer);
      open -= 1;
    });
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  const runtime = await startFlowRuntime(`http://127.0.0.1:${port}/v1`, flowOf(0));

  let before: Residue | undefined;
  const deployMs: number[] = [];
  for (let time = 1; time <= times; time += 1) {
    const streaming = new Promise<void>((resolve) => runtime.receive('out', () => resolve()));
    runtime.send('in', { payload: 'On and on.' });
    runtime.send('mic', { payload: Buffer.alloc(640), audio: MICROPHONE });
    await streaming;
    const startedAt = performance.now();
    await runtime.deploy(flowOf(time));
    deployMs.push(performance.now() - startedAt);
    // The first deploys load what is loaded once.
    if (time === 10) {
      await settled(() => open === 0);
      before = residueOf(runtime);
    }
  }
  await settled(() => open === 0);
  const after = residueOf(runtime);
  const grown = Object.entries(after).filter(([name, count]) => count > (before?.[name] ?? 0));
  const leaks = open + grown.reduce((sum, [name, count]) => sum + count - (before?.[name] ?? 0), 0);
  const because = grown
    .map(([name, count]) => `${name} ${before?.[name] ?? 0} → ${count}`)
    .join(', ');
  return {
    leaks: because === '' ? leaks : { value: leaks, because },
    deploy: median(deployMs),
  };
}

function flowOf(time: number): FlowItem[] {
  return [
    { id: 'in', type: 'bench-in', wires: [['tts']] },
    { id: 'mic', type: 'bench-in', wires: [['segment']] },
    {
      id: 'tts',
      type: 'stepvoice-tts',
      account: 'account',
      name: String(time),
      voice: 'cixingnansheng',
      output: 'stream',
      format: 'pcm',
      wires: [['out'], []],
    },
    { id: 'asr', type: 'stepvoice-asr', account: 'account', name: String(time), wires: [[], []] },
    { id: 'segment', type: 'stepvoice-segment', name: String(time), wires: [['asr'], []] },
    { id: 'play', type: 'stepvoice-play', name: String(time), wires: [['segment'], []] },
    { id: 'out', type: 'bench-out' },
  ];
}

type Residue = Record<string, number>;

/** What could pile up: listeners on what outlives a deploy, and what the process waits for. */
function residueOf({ server }: FlowRuntime): Residue {
  const residue: Residue = {};
  for (const name of ['request', 'upgrade', 'close', 'error', 'connection']) {
    residue[`server ${name} listeners`] = server.listenerCount(name);
  }
  for (const name of process.eventNames()) {
    residue[`process ${String(name)} listeners`] = process.listenerCount(name);
  }
  for (const kind of process.getActiveResourcesInfo()) {
    // Connections of both ends and their timers come and go with the service's own share.
    residue[kind] = (residue[kind] ?? 0) + 1;
  }
  return residue;
}

async function settled(condition: () => boolean): Promise<void> {
  const until = performance.now() + NOTICE_MS;
  while (!condition() && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Sockets and timers go in the turns behind.
  await new Promise((resolve) => setTimeout(resolve, 300));
}
