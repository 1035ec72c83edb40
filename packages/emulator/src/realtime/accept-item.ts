import { REALTIME_SAMPLE_RATE, findRealtimeItemIssues } from '@stepvoice/core/protocol';
import type { WireRealtimeClientEvent } from '@stepvoice/core/protocol';
import type { ContentPart, ConversationItem, MessageItem } from './conversation.ts';
import { EventRefusal, refuse } from './event-refusal.ts';
import { decodeInputAudio } from './input-audio.ts';

type WireItem = Extract<WireRealtimeClientEvent, { type: 'conversation.item.create' }>['item'];
type WirePart = NonNullable<WireItem['content']>[number];

/** Sound in an item, of which nobody knows yet what it says. */
export type UnheardSound = { itemId: string; contentIndex: number; samples: Int16Array };

/**
 * The item that a client wants to put into the conversation.
 *
 * @param id under which it will be known.
 * @throws {EventRefusal} for what may not be put there.
 */
export function acceptItem(
  wire: WireItem,
  id: string,
): { item: ConversationItem; sounds: UnheardSound[] } {
  if (wire.type !== 'message' && wire.type !== 'function_call_output') {
    throw new EventRefusal('item type must be message or function_call_output', {
      code: 'invalid_value',
      param: 'item.type',
    });
  }
  // Sound is judged below, in words that say what is wrong with it.
  const issues = findRealtimeItemIssues(wire).filter(({ path }) => !path.endsWith('.audio'));
  refuse(issues, 'item');
  if (wire.type === 'function_call_output') {
    const { call_id: callId, output } = wire;
    return {
      item: {
        id,
        type: 'function_call_output',
        status: 'completed',
        callId: callId ?? '',
        output: output ?? '',
      },
      sounds: [],
    };
  }
  const sounds: UnheardSound[] = [];
  const content = (wire.content ?? []).map((part, contentIndex): ContentPart => {
    if (part.type !== 'input_audio') return toTextPart(part);
    const samples = toSamples(part, `item.content[${contentIndex}].audio`);
    sounds.push({ itemId: id, contentIndex, samples });
    return {
      type: 'input_audio',
      transcript: '',
      seconds: samples.length / REALTIME_SAMPLE_RATE,
    };
  });
  const role = wire.role as MessageItem['role'];
  return { item: { id, type: 'message', role, status: 'completed', content }, sounds };
}

function toTextPart({ type, text }: WirePart): ContentPart {
  return { type: type === 'text' ? 'text' : 'input_text', text: text ?? '' };
}

function toSamples({ audio }: WirePart, param: string): Int16Array {
  const samples = decodeInputAudio(audio ?? '', param);
  if (samples.length > 0) return samples;
  throw new EventRefusal(`${param} is empty`, { code: 'invalid_param', param });
}
