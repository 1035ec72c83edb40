import type { ChatTool } from '@stepvoice/core/node';
import type { ToolRow } from '../../definition/node-definition.ts';
import { toRealtimeTools } from '../realtime/to-realtime-tools.ts';

/** @throws {LocalizedError} for a row that is no tool; it says which */
export function toChatTools(rows: readonly ToolRow[]): ChatTool[] {
  const tools: ChatTool[] = [];
  for (const tool of toRealtimeTools(rows, { timeoutMs: 0, webSearch: false })) {
    if (!('name' in tool)) continue;
    const { name, description, parameters } = tool;
    tools.push({ name, description, parameters: parameters as ChatTool['parameters'] });
  }
  return tools;
}
