import type { WireChatMessage, WireChatPart, WireChatRequest } from '@stepvoice/core/protocol';
import type { Ear } from '../ear/ear.ts';
import { hearPcm } from '../ear/hear-pcm.ts';
import type { MindRequest, MindTool, MindTurn } from '../mind/mind.ts';
import type { PartSound } from './message-sounds.ts';

/** Brings a chat request before the mind: sounds as what the ear understands of them. */
export async function toMindRequest(
  request: WireChatRequest,
  sounds: readonly PartSound[],
  ear: Ear,
  signal: AbortSignal,
): Promise<MindRequest> {
  const heard = new Map<WireChatPart, string>();
  for (const { part, pcm } of sounds) {
    heard.set(part, (await hearPcm(ear, pcm, { signal })).text);
  }
  return {
    model: request.model,
    turns: toTurns(request.messages, heard),
    ...toToolUse(request),
    signal,
  };
}

function toTurns(
  messages: readonly WireChatMessage[],
  heard: ReadonlyMap<WireChatPart, string>,
): MindTurn[] {
  const calls = new Map(
    messages
      .flatMap((message) => message.tool_calls ?? [])
      .map((call) => [call.id, call.function] as const),
  );
  return messages.map((message) => {
    const text = textOf(message, heard);
    const { role } = message;
    if (role !== 'tool') return { role: role as MindTurn['role'], text };
    const callId = message.tool_call_id ?? '';
    const call = calls.get(callId);
    const toolName = call?.name ?? message.name;
    return {
      role,
      text,
      callId,
      ...(toolName != null && { toolName }),
      ...(call !== undefined && { callArguments: call.arguments }),
    };
  });
}

function textOf(
  { content, tts_content: tokens }: WireChatMessage,
  heard: ReadonlyMap<WireChatPart, string>,
): string {
  if (typeof content === 'string' && content !== '') return content;
  if (!Array.isArray(content)) return tokens?.tts_text ?? '';
  return content
    .map((part) => heard.get(part) ?? part.text ?? '')
    .filter((text) => text !== '')
    .join('\n');
}

function toToolUse({
  tools = [],
  tool_choice: choice = 'auto',
}: WireChatRequest): Pick<MindRequest, 'tools' | 'toolChoice'> {
  const known: MindTool[] = tools.map(({ function: { name, description, parameters } }) => ({
    name,
    description: description ?? '',
    parameters,
  }));
  if (typeof choice === 'string') {
    return {
      tools: known,
      toolChoice: choice === 'none' || choice === 'required' ? choice : 'auto',
    };
  }
  const only = known.filter(({ name }) => name === choice.function.name);
  return { tools: only, toolChoice: 'required' };
}
