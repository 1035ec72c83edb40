import { Buffer } from 'node:buffer';
import type { Server } from 'node:http';
import { ManualClock } from '../../../../../core/src/net/testing/manual-clock.ts';
import registerAccount from '../../../entries/stepvoice-account.ts';
import type { FlowMessage, NodeRed } from '../../../kit/node-red.ts';
import { startFlowRig, type FlowItem, type FlowRig } from '../../../testing/flow-rig.ts';
import { PageClient } from './page-client.ts';
import { playWith } from './register-play.ts';

export const TOKEN = 'a-key-of-the-page-0123';
export const HTML = '<style>p{}</style><script type="module">let a</script>';
export const FRAME = new Uint8Array(640).map((_, at) => at);

/** A play node in a flow, with what it sends and what is caught of it, on a clock that stands still. */
export type PlayRig = {
  readonly rig: FlowRig;
  readonly clock: ManualClock;
  readonly server: Server;
  /** A page that is let in. */
  readonly enter: (session?: string) => ReturnType<typeof PageClient.enter>;
  /** The next event of a name; others are passed over. */
  readonly event: (name: string) => Promise<FlowMessage>;
  /** The next error that a Catch node gets. */
  readonly caught: () => Promise<{ code: string; message: string }>;
};

export const playFlow = (settings: object = {}): FlowItem[] => [
  { id: 'play', type: 'stepvoice-play', wires: [['mic'], ['events']], ...settings },
  { id: 'mic', type: 'helper' },
  { id: 'events', type: 'helper' },
  { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
];

export async function startPlayRig(
  settings: object = {},
  credentials: object = { token: TOKEN },
): Promise<PlayRig> {
  const clock = new ManualClock();
  let server: Server | undefined;
  const registerPlay = (RED: NodeRed): void => {
    ({ server } = RED);
    playWith(() => Promise.resolve(HTML), { clock })(RED);
  };
  const rig = await startFlowRig([registerAccount, registerPlay], () => playFlow(settings), {
    credentials: { play: credentials },
  });
  if (server === undefined) throw new Error('The node was not registered.');
  return {
    rig,
    clock,
    server,
    enter: (session) => PageClient.enter(rig, 'play', TOKEN, session),
    async event(name) {
      while (true) {
        const message = await rig.next('events');
        if (message['event'] === name) return message;
      }
    },
    caught: async () => (await rig.next('caught'))['error'] as { code: string; message: string },
  };
}

/** Raw sound for the page. */
export const pcm = (bytes: number): FlowMessage => ({
  payload: Buffer.alloc(bytes, 1),
  audio: { format: 'pcm', sampleRate: 24_000 },
});
