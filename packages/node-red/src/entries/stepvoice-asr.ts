import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { createAsr } from '../nodes/asr/asr-node.ts';
import { asrDefinition } from '../nodes/asr/definition.ts';

export default (RED: NodeRed): void => registerNode(RED, asrDefinition, createAsr);
