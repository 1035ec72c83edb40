import { serveAdminRoutes } from '../admin/admin-routes.ts';
import type { NodeRed } from '../kit/node-red.ts';
import { registerNode } from '../kit/register-node.ts';
import { createAccount } from '../nodes/account/account-node.ts';
import { accountDefinition } from '../nodes/account/definition.ts';

export default (RED: NodeRed): void => {
  registerNode(RED, accountDefinition, createAccount);
  serveAdminRoutes(RED);
};
