import type { SettingsOf } from '../../definition/node-definition.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { ConversationSetup } from './conversation-link.ts';
import type { RealtimeProperties } from './definition.ts';
import { toRealtimeTools } from './to-realtime-tools.ts';

/** What a conversation begins with. @throws {LocalizedError} for tools that are none */
export function toConversationSetup(settings: SettingsOf<RealtimeProperties>): ConversationSetup {
  const { model, voice, instructions, turns, silenceMs, energyThreshold, canInterrupt } = settings;
  return {
    model,
    voice,
    instructions,
    turnDetection: turns === 'server' ? { silenceDurationMs: silenceMs, energyThreshold } : null,
    tools: toTools(settings),
    interruptResponse: canInterrupt,
  };
}

/** What a message changes in a conversation that is connected; `undefined` where it changes nothing. */
export function toConversationPatch(
  message: FlowMessage,
  settings: SettingsOf<RealtimeProperties>,
): Partial<Pick<ConversationSetup, 'instructions' | 'tools'>> | undefined {
  const { instructions } = settings;
  const changesInstructions = message['instructions'] !== undefined && instructions !== undefined;
  const changesTools = message['tools'] !== undefined;
  if (!changesInstructions && !changesTools) return undefined;
  return {
    ...(changesInstructions ? { instructions } : {}),
    ...(changesTools ? { tools: toTools(settings) } : {}),
  };
}

/** Of a message that begins a turn, what belongs to the answers as well: all but what it carried. */
export function toOrigin(message: FlowMessage): FlowMessage {
  const origin: FlowMessage = { ...message };
  for (const name of CARRIED) delete origin[name];
  return origin;
}

const CARRIED = [
  'payload',
  'parts',
  'complete',
  'audio',
  'stepvoice',
  'action',
  'reset',
  'event',
  'call_id',
  'role',
  'instructions',
  'tools',
] as const;

function toTools({
  tools,
  toolTimeoutSeconds,
  webSearch,
}: SettingsOf<RealtimeProperties>): ConversationSetup['tools'] {
  return toRealtimeTools(tools, { timeoutMs: toolTimeoutSeconds * 1000, webSearch });
}
