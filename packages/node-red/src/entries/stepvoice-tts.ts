import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { ttsDefinition } from '../nodes/tts/definition.ts';
import { createTts } from '../nodes/tts/tts-node.ts';

export default (RED: NodeRed): void => registerNode(RED, ttsDefinition, createTts);
