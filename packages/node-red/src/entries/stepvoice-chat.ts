import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { createChat } from '../nodes/chat/chat-node.ts';
import { chatDefinition } from '../nodes/chat/definition.ts';

export default (RED: NodeRed): void => registerNode(RED, chatDefinition, createChat);
