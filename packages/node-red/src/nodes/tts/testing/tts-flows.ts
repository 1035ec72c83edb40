import type { Buffer } from 'node:buffer';
import { decodePcm16 } from '@stepvoice/core/audio';
import { hearDataSpeech } from '@stepvoice/emulator';
import registerAccount from '../../../entries/stepvoice-account.ts';
import type { FlowMessage } from '../../../kit/node-red.ts';
import { registerNode } from '../../../kit/register-node.ts';
import { coreNode, FreshFlows } from '../../../testing/fresh-flows.ts';
import type { FlowItem } from '../../../testing/flow-rig.ts';
import { ttsDefinition } from '../definition.ts';
import { createTts } from '../tts-node.ts';

export const startTtsFlows = (): Promise<FreshFlows> =>
  FreshFlows.start((clock) => [
    registerAccount,
    (RED) => registerNode(RED, ttsDefinition, createTts, { clock }),
    coreNode('sequence/17-split'),
  ]);

/** A node `tts` with the helpers `out` and `events`. */
export function deployTts(
  flows: FreshFlows,
  settings: Record<string, unknown> = {},
  { more = [], wires = [] }: { more?: readonly FlowItem[]; wires?: string[] } = {},
): Promise<void> {
  return flows.deploy(['out', 'events'], (account, named) => [
    {
      id: named('tts'),
      type: 'stepvoice-tts',
      account,
      voice: 'data-voice',
      format: 'pcm',
      ...settings,
      wires: [[named('out'), ...wires], [named('events')]],
    },
    ...more,
  ]);
}

export const bytesOf = ({ payload }: FlowMessage): Buffer => payload as Buffer;

/** What PCM of 24 kHz says, of one message or of a stream. */
export function heard(bytes: Uint8Array): Promise<string | undefined> {
  return hearDataSpeech({ samples: decodePcm16(bytes), sampleRate: 24_000 });
}
