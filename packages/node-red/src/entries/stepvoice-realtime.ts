import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { realtimeDefinition } from '../nodes/realtime/definition.ts';
import { createRealtime } from '../nodes/realtime/realtime-node.ts';

export default (RED: NodeRed): void => registerNode(RED, realtimeDefinition, createRealtime);
