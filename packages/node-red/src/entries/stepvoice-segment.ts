import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { segmentDefinition } from '../nodes/segment/definition.ts';
import { createSegment } from '../nodes/segment/segment-node.ts';

export default (RED: NodeRed): void => registerNode(RED, segmentDefinition, createSegment);
