import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { NodeRed } from '../../../kit/node-red.ts';
import { registerNode, type RegisterOptions } from '../../../kit/register-node.ts';
import { playDefinition } from '../definition.ts';
import type { LoadPage } from '../page-door.ts';
import { createPlay } from '../play-node.ts';

const express = createRequire(createRequire(import.meta.url).resolve('@node-red/runtime'))(
  'express',
) as () => RequestListener;

/** The node with another page; its HTTP nodes are served, which the helper leaves out. */
export function playWith(loadPage: LoadPage, options?: RegisterOptions) {
  return (given: NodeRed): void => {
    const httpNode = express();
    const RED = Object.assign(Object.create(given) as NodeRed, { httpNode });
    given.server.removeAllListeners('request').on('request', httpNode);
    registerNode(RED, playDefinition, (host) => createPlay(host, { loadPage }), options);
  };
}
