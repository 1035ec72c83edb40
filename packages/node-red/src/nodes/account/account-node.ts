import type { StepAudio } from '@stepvoice/core/node';
import { ACCOUNT_HANDLE, type AccountHandle } from '../../kit/account-handle.ts';
import { loadCore } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import type { accountDefinition } from './definition.ts';

type AccountProperties = (typeof accountDefinition)['properties'];

export function createAccount(host: NodeHost<AccountProperties>): NodeBehaviour<AccountProperties> {
  const { apiKeyEnv, region, plan, baseURL } = host.fixed;
  let client: Promise<StepAudio> | undefined;
  const open = async (): Promise<StepAudio> => {
    const apiKey =
      host.node.credentials?.['apiKey'] ||
      (apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv]);
    if (apiKey === undefined || apiKey === '') {
      throw new LocalizedError(
        'no_api_key',
        { en: 'The account has no API key.', zh: '账户没有 API 密钥。' },
        { badge: 'noKey' },
      );
    }
    const { StepAudio } = await loadCore();
    return new StepAudio({ apiKey, region, plan, baseURL });
  };
  const handle: AccountHandle = {
    id: host.node.id,
    client: () => (client ??= open()),
    voices: async () => ({ voices: [], fetchedAt: new Date() }),
    forgetVoices: () => undefined,
  };
  Object.defineProperty(host.node, ACCOUNT_HANDLE, { value: handle });
  return { close: async () => (await client)?.close() };
}
