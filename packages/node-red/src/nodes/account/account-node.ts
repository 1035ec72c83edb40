import type { StepAudio } from '@stepvoice/core/node';
import { ACCOUNT_HANDLE, type AccountHandle } from '../../kit/account-handle.ts';
import { loadCore } from '../../kit/core.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { createAccountClient } from './account-client.ts';
import { findKey } from './account-key.ts';
import type { accountDefinition } from './definition.ts';
import { VoiceCache } from './voice-cache.ts';

type AccountProperties = (typeof accountDefinition)['properties'];

/** The account: one client with its limits for all nodes that name it, and the voices it has. */
export function createAccount(host: NodeHost<AccountProperties>): NodeBehaviour<AccountProperties> {
  const { RED, node, fixed, clock, signal } = host;
  let opening: Promise<StepAudio> | undefined;

  const client = async (): Promise<StepAudio> => {
    signal.throwIfAborted();
    if (opening === undefined) {
      const apiKey = findKey(RED, node, {
        apiKey: node.credentials?.['apiKey'],
        apiKeyEnv: fixed.apiKeyEnv,
      });
      opening = createAccountClient(fixed, apiKey);
      // What failed may succeed the next time: a variable was set, a module was found.
      opening.catch(() => {
        opening = undefined;
      });
    }
    return opening;
  };

  const voices = new VoiceCache({
    load: async () => (await client()).voices.list({ signal }),
    fallback: async () => (await loadCore()).tableVoices(fixed.region),
    clock,
  });
  const handle: AccountHandle = {
    id: node.id,
    address: { region: fixed.region, baseURL: fixed.baseURL },
    signal,
    client,
    voices: (options) => voices.read(options),
    addVoice: (voice) => voices.add(voice),
  };
  Object.defineProperty(node, ACCOUNT_HANDLE, { value: handle });
  return {
    async close() {
      const open = await opening?.catch(() => undefined);
      await open?.close();
    },
  };
}
