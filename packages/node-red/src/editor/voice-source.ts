import { AdminError, askAdmin, type VoiceAnswer } from './admin-client.ts';
import type { EditorNode } from './red.ts';
import { viewOf } from './views.ts';

/**
 * The voices of an account, deployed or not.
 *
 * @throws {AdminError}
 */
export async function fetchVoices(
  account: EditorNode,
  { refresh, signal }: { refresh: boolean; signal: AbortSignal },
): Promise<VoiceAnswer> {
  const unsaved = (): Promise<unknown> =>
    askAdmin({ url: 'stepvoice/voices', body: toAccountBody(account), signal });
  if (account.changed === true) return (await unsaved()) as VoiceAnswer;
  const url = `stepvoice/accounts/${encodeURIComponent(account.id)}/voices${refresh ? '?refresh=1' : ''}`;
  try {
    return (await askAdmin({ url, signal })) as VoiceAnswer;
  } catch (error) {
    // New since the last deployment, or disabled.
    if (error instanceof AdminError && error.code === 'no_account') {
      return (await unsaved()) as VoiceAnswer;
    }
    throw error;
  }
}

/** What the editor has of an account that was edited: its settings, and a key where one was entered. */
function toAccountBody(account: EditorNode): object {
  const { properties } = viewOf(account.type);
  const { id, credentials } = account;
  const own = properties.map(({ name, value }) => [
    name,
    value === 'secret' ? credentials?.[name] : account[name],
  ]);
  return { ...(Object.fromEntries(own) as object), id };
}
