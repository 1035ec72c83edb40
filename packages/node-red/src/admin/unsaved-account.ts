import { findAccount } from '../kit/account-handle.ts';
import { badInput, LocalizedError } from '../kit/flow-error.ts';
import type { NodeConfig, NodeRed } from '../kit/node-red.ts';
import { fixedSettings } from '../kit/settings.ts';
import type { AccountSettings } from '../nodes/account/account-client.ts';
import { findKey } from '../nodes/account/account-key.ts';
import { accountDefinition } from '../nodes/account/definition.ts';

/** What stands in the dialog of an account, whether it was deployed or not. */
export type UnsavedAccount = {
  settings: AccountSettings;
  /** @throws {LocalizedError} `key_needed` where the only key there is belongs to another address */
  findKey(): string | undefined;
};

/** What the editor shows in place of a stored secret. */
const STORED_SECRET = '__PWRD__';

/** @throws {LocalizedError} for values that no account can have */
export function readUnsavedAccount(RED: NodeRed, body: unknown): UnsavedAccount {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badInput('body', { en: 'must be an object of settings.', zh: '应为设置对象。' });
  }
  const config = body as NodeConfig;
  const settings = fixedSettings(accountDefinition.properties, config);
  const entered = settings.apiKey === STORED_SECRET ? '' : settings.apiKey.trim();
  return {
    settings,
    findKey() {
      if (entered !== '') return entered;
      const stored = findStored(RED, config.id, settings);
      const variable = settings.apiKeyEnv;
      if (stored.isSameAddress) {
        const apiKey =
          settings.apiKey === STORED_SECRET || !('apiKey' in config) ? stored.apiKey : undefined;
        return findKey(RED, stored.node, { apiKey, apiKeyEnv: variable });
      }
      if (variable === undefined && stored.apiKey === undefined) return undefined;
      // A key goes where its owner once sent it, or to the service, and not wherever a dialog says.
      if (variable !== undefined && settings.baseURL === undefined) {
        return findKey(RED, undefined, { apiKey: undefined, apiKeyEnv: variable });
      }
      throw keyNeeded();
    },
  };
}

function findStored(RED: NodeRed, id: unknown, settings: AccountSettings) {
  const node = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : undefined;
  if (node === undefined || node === null || node.type !== accountDefinition.type) {
    return { node: undefined, apiKey: undefined, isSameAddress: false };
  }
  const { address } = findAccount(RED, id);
  const isSameAddress = address.region === settings.region && address.baseURL === settings.baseURL;
  return { node, apiKey: node.credentials?.['apiKey'] || undefined, isSameAddress };
}

function keyNeeded(): LocalizedError {
  return new LocalizedError(
    'key_needed',
    {
      en: 'The stored key belongs to another address and is not sent to this one. Enter the key once more, or deploy first.',
      zh: '已保存的密钥属于另一个服务地址，不会发送到此地址。请重新填写密钥，或先部署。',
    },
    { badge: 'noKey', path: 'apiKey' },
  );
}
