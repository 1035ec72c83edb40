import type { RealtimeServiceTool, RealtimeTool } from '@stepvoice/core/node';
import { parseTools } from '../../kit/parse-tools.ts';

/** Tools as the library takes them; their calls wait for the flow's answer. Throws as {@link parseTools} does. */
export function toRealtimeTools(
  rows: Parameters<typeof parseTools>[0],
  { timeoutMs, webSearch }: { timeoutMs: number; webSearch: boolean },
): (RealtimeTool | RealtimeServiceTool)[] {
  const tools = parseTools(rows).map((tool) => ({ ...tool, timeoutMs }));
  return webSearch ? [...tools, { type: 'web_search' }] : tools;
}
