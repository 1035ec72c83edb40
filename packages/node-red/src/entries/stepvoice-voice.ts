import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { voiceDefinition } from '../nodes/voice/definition.ts';
import { createVoice } from '../nodes/voice/voice-node.ts';

export default (RED: NodeRed): void => registerNode(RED, voiceDefinition, createVoice);
