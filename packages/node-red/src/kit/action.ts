import { LocalizedError } from './flow-error.ts';
import type { FlowMessage } from './node-red.ts';
import { sessionKey } from './session-key.ts';

/** `msg.action`, or `cancel` for `msg.reset`. @throws {LocalizedError} for an action that is no text */
export function actionOf({ action, reset }: FlowMessage): string | undefined {
  if (reset !== undefined && reset !== false) return 'cancel';
  if (action === undefined || action === '') return undefined;
  if (typeof action === 'string') return action;
  throw new LocalizedError(
    'invalid_input',
    { en: 'msg.action: must be text.', zh: 'msg.action：应为文本。' },
    { badge: 'badInput', path: 'msg.action' },
  );
}

/** @param allowed the node's own */
export function unknownAction(action: string, allowed: readonly string[]): LocalizedError {
  const given = action.slice(0, 40);
  const names = allowed.length > 0 ? allowed.join(', ') : undefined;
  return new LocalizedError(
    'unknown_action',
    {
      en: `msg.action: “${given}” is none of this node's commands${names === undefined ? '' : ` (${names})`}.`,
      zh: `msg.action：“${given}”不是此节点的命令${names === undefined ? '' : `（${names}）`}。`,
    },
    { badge: 'badInput', path: 'msg.action' },
  );
}

/** Whether a command is for one session; else it is for all. */
export function hasSession(message: FlowMessage): boolean {
  return sessionKey(message) !== '';
}
