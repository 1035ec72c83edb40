import type { ContentPart, ConversationItem } from './conversation.ts';

/** An item as `response.output_item.*`, `response.done` and events about the assistant show it. Sound is left out. */
export function toWireItem(item: ConversationItem): Record<string, unknown> {
  const { id, type, status } = item;
  const head = { id, object: 'realtime.item', type, status };
  if (item.type === 'message') {
    return { ...head, role: item.role, content: item.content.map(toWirePart) };
  }
  if (item.type === 'function_call') {
    return { ...head, call_id: item.callId, name: item.name, arguments: item.arguments };
  }
  return { ...head, call_id: item.callId, output: item.output };
}

export function toWirePart(part: ContentPart): Record<string, unknown> {
  if (part.type === 'thinking') return { type: part.type, thinking: part.thinking };
  if ('text' in part) return { type: part.type, text: part.text };
  return { type: part.type, transcript: part.transcript };
}

/** The echo of a message that a client has put into the conversation, as it was observed: no `object`, texts as speech. */
export function toObservedEcho(item: ConversationItem): Record<string, unknown> {
  if (item.type !== 'message') {
    const { object: _, ...rest } = toWireItem(item);
    return rest;
  }
  const { id, type, role } = item;
  const content = item.content.map((part) => ({ type: 'audio', transcript: spokenText(part) }));
  return { id, type, status: 'in_progress', role, content };
}

/** The same as the service's documentation shows it: a text part with `transcript` and without `text`. */
export function toDocumentedEcho(item: ConversationItem): Record<string, unknown> {
  if (item.type !== 'message') return toWireItem(item);
  const content = item.content.map((part) => ({ type: part.type, transcript: spokenText(part) }));
  return { ...toWireItem(item), content };
}

function spokenText(part: ContentPart): string {
  if (part.type === 'thinking') return '';
  return 'text' in part ? part.text : part.transcript;
}
