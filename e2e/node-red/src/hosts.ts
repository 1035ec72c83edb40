import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Where `package-lock.json` of the hosts is, and what npm makes of it. */
export const HOSTS_FOLDER = fileURLToPath(new URL('../hosts', import.meta.url));

/** A Node-RED on a Node.js. */
export type Host = {
  nodeRed: '4.1' | '5.0';
  node: '22' | '24';
};

/** The oldest and the newest of both, each with each: what the package says it runs on. */
export const HOSTS: readonly Host[] = [
  { nodeRed: '4.1', node: '22' },
  { nodeRed: '4.1', node: '24' },
  { nodeRed: '5.0', node: '22' },
  { nodeRed: '5.0', node: '24' },
];

export const NEWEST: Host = { nodeRed: '5.0', node: '24' };
export const OLDEST: Host = { nodeRed: '4.1', node: '22' };

const NODE_RED_FOLDERS = { '4.1': 'node-red-4', '5.0': 'node-red-5' } as const;

/** Of Node-RED's program. */
export function nodeRedPath({ nodeRed }: Host): string {
  return `${HOSTS_FOLDER}/node_modules/${NODE_RED_FOLDERS[nodeRed]}/red.js`;
}

/**
 * Of the binary: the locked one on Linux x64, elsewhere the one that `NODE_22_PATH` or `NODE_24_PATH` names.
 *
 * @throws where there is neither
 */
export function nodePath({ node }: Host): string {
  const variable = `NODE_${node}_PATH`;
  const named = process.env[variable];
  if (named !== undefined && named !== '') return named;
  const locked = `${HOSTS_FOLDER}/node_modules/node-${node}/bin/node`;
  if (existsSync(locked)) return locked;
  throw new Error(
    `npm brings no Node.js ${node} for ${process.platform}-${process.arch}: let ${variable} name a binary of it.`,
  );
}
