import type { Region, StepAudio, Voice } from '@stepvoice/core/node';
import { LocalizedError } from './flow-error.ts';
import type { FlowNode, NodeRed } from './node-red.ts';

/** The voices of an account as they were last seen. */
export type VoiceList = {
  voices: readonly Voice[];
  /** `undefined` for the library's own table, which stands in until the service was asked. */
  fetchedAt: Date | undefined;
  /** There may be a newer list; it is asked for, and comes with a later call. */
  isStale: boolean;
  /** Why the service could not be asked the last time. */
  problem: unknown;
};

/** Where an account's requests go, and with them its key. */
export type AccountAddress = { region: Region; baseURL: string | undefined };

/** What an account node offers to those that use it. */
export interface AccountHandle {
  readonly id: string;
  readonly address: AccountAddress;
  /** Aborted when the account closes: for what is made for the account itself, and for no message. */
  readonly signal: AbortSignal;
  /**
   * The client that all nodes of the account share, with its connections and its limits. Made with the first use, closed with
   * the account.
   *
   * @throws {LocalizedError} without a key, and for settings that no client can be made of
   */
  client(): Promise<StepAudio>;
  /**
   * From memory where it has them, and then at once; `refresh` asks the service.
   *
   * @throws with `refresh`, as the service answers
   */
  voices(options?: { refresh?: boolean; signal?: AbortSignal }): Promise<VoiceList>;
  /** A voice was made: it is in the list from now on. */
  addVoice(voice: Voice): void;
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
          en: 'The account of this node is missing or disabled, or its settings are wrong. Open the node and look at its account.',
          zh: '此节点的账户不存在、已停用或设置有误。请打开节点检查账户。',
        }
      : {
          en: 'This node has no account. Open the node and choose or add one.',
          zh: '此节点没有账户。请打开节点选择或添加账户。',
        },
    { badge: 'noAccount' },
  );
}
