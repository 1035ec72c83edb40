import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { createAudio } from '../nodes/audio/audio-node.ts';
import { audioDefinition } from '../nodes/audio/definition.ts';

export default (RED: NodeRed): void => registerNode(RED, audioDefinition, createAudio);
