import type { StepAudio, Voice } from '@stepvoice/core/node';
import { LocalizedError } from './flow-error.ts';
import type { FlowNode, NodeRed } from './node-red.ts';

/** The voices of an account as they were last seen. */
export type VoiceList = { voices: readonly Voice[]; fetchedAt: Date };

/** What an account node offers to those that use it. */
export interface AccountHandle {
  readonly id: string;
  /**
   * The client that all nodes of the account share, with its connections and its limits. Made with the first use, closed with
   * the account.
   *
   * @throws {LocalizedError} without a key, and for settings that no client can be made of
   */
  client(): Promise<StepAudio>;
  /** From memory where it has them; `refresh` asks the service. @throws as the service answers */
  voices(options?: { refresh?: boolean; signal?: AbortSignal }): Promise<VoiceList>;
  /** The account's own voices have changed. */
  forgetVoices(): void;
}

/** Under what an account node keeps its handle. */
export const ACCOUNT_HANDLE = Symbol.for('stepvoice.account');

/** @throws {LocalizedError} where no such account runs */
export function findAccount(RED: NodeRed, id: unknown): AccountHandle {
  const node: (FlowNode & { [ACCOUNT_HANDLE]?: AccountHandle }) | null | undefined =
    typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : undefined;
  const handle = node?.[ACCOUNT_HANDLE];
  if (handle !== undefined) return handle;
  const isChosen = typeof id === 'string' && id !== '';
  throw new LocalizedError(
    'no_account',
    isChosen
      ? {
          en: 'The account of this node is missing or disabled. Open the node and choose one.',
          zh: '此节点的账户不存在或已停用。请打开节点选择账户。',
        }
      : {
          en: 'This node has no account. Open the node and choose or add one.',
          zh: '此节点没有账户。请打开节点选择或添加账户。',
        },
    { badge: 'noAccount' },
  );
}
