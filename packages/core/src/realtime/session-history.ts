import type { WireRealtimeInputItem } from '../protocol/realtime-items.ts';
import type { ItemLedger, LedgerEntry } from './item-ledger.ts';
import type { RealtimeHistoryEntry } from './realtime-options.ts';
import type { ToolOutput } from './tool-runner.ts';
import { toMessage } from './wire-mapping.ts';

/** A new session is told no more than this: what is older, its model would hardly use. */
const MAX_ITEMS = 200;

/** What another session should be told that has been told of these: what is complete and has a text, in order. */
export function untoldItems(
  items: ItemLedger,
  told: ReadonlySet<LedgerEntry>,
): { entry: LedgerEntry; item: WireRealtimeInputItem }[] {
  return items.entries.slice(-MAX_ITEMS).flatMap((entry) => {
    if (entry.isOpen || told.has(entry)) return [];
    const item = toText(items, entry);
    return item === undefined ? [] : [{ entry, item }];
  });
}

/** What was said, as another session can be told by its options: an answer that broke off as far as it came. */
export function toHistory(items: ItemLedger): RealtimeHistoryEntry[] {
  return items.entries.slice(-MAX_ITEMS).flatMap((entry) => {
    const { role, content } = toText(items, entry) ?? {};
    const text = content?.[0]?.text;
    return role && text ? [{ role: role as RealtimeHistoryEntry['role'], text }] : [];
  });
}

/** How many items leave no trace in another session: sound that was never transcribed. */
export function countLost(items: ItemLedger, kept: ReadonlyMap<LedgerEntry, string>): number {
  return items.entries.filter((entry) => entry.type !== 'function_call' && !kept.has(entry)).length;
}

function toText(items: ItemLedger, entry: LedgerEntry): WireRealtimeInputItem | undefined {
  const { type, role, callId, output } = entry;
  if (type === 'message') {
    const text = readable(entry.text);
    const isKnown = role === 'user' || role === 'assistant' || role === 'system';
    return isKnown && text !== '' ? toMessage(role, text) : undefined;
  }
  if (type !== 'function_call_output' || output === undefined) return undefined;
  return toOutputText(items, callId, output);
}

/** What a tool gave, as an item for the session of the moment. */
export function toOutputItem(
  items: ItemLedger,
  { callId, output }: ToolOutput,
): WireRealtimeInputItem {
  return items.findCall(callId)?.isCarried === true
    ? toOutputText(items, callId, output)
    : { type: 'function_call_output', call_id: callId, output };
}

/**
 * The output of a call that a session did not make: neither can it be told of the call, nor does it take the output alone. So
 * both are text; and not the system's, since what a tool brings from outside must not give orders.
 */
function toOutputText(
  items: ItemLedger,
  callId: string | undefined,
  output: string,
): WireRealtimeInputItem {
  const call = items.findCall(callId);
  const name = call === undefined ? 'A tool' : `${call.name}(${call.arguments ?? ''})`;
  return toMessage('user', readable(`[${name} returned: ${output}]`));
}

/** What a model says need not be well-formed. */
function readable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').trim();
}
