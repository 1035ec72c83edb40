import type { FlowNode, NodeRed } from '../../kit/node-red.ts';

/** The key that is entered, else that of the variable that is named; `undefined` where there is neither. */
export function findKey(
  RED: NodeRed,
  node: FlowNode | undefined,
  { apiKey, apiKeyEnv }: { apiKey: string | undefined; apiKeyEnv: string | undefined },
): string | undefined {
  const entered = apiKey?.trim();
  if (entered !== undefined && entered !== '') return entered;
  if (apiKeyEnv === undefined) return undefined;
  const found =
    (node === undefined ? undefined : readVariable(RED, node, apiKeyEnv)) || process.env[apiKeyEnv];
  const key = typeof found === 'string' ? found.trim() : '';
  return key === '' ? undefined : key;
}

/** Node-RED has variables of its own beside those of the process. */
function readVariable(RED: NodeRed, node: FlowNode, name: string): string | undefined {
  let found: unknown;
  RED.util.evaluateNodeProperty(name, 'env', node, {}, (error, value) => {
    if (error === null || error === undefined) found = value;
  });
  return typeof found === 'string' ? found : undefined;
}
