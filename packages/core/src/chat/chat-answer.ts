import { decodeBase64 } from '../audio/base64.ts';
import { sniffContainer } from '../audio/container.ts';
import { concatSamples } from '../audio/pcm.ts';
import { writeWav } from '../audio/wav-writer.ts';
import { readChatAnswer } from '../protocol/chat-answer.ts';
import { noAnswer, reasoningOf, toUsage } from './chat-decoder.ts';
import type { ChatAnswer, ChatAudio, ChatEvent } from './chat-events.ts';
import type { ChatAssistantMessage } from './chat-options.ts';
import { SpeechTokenReader } from './speech-token-reader.ts';
import { ToolCallAssembler } from './tool-call-assembler.ts';

type Gathered = Omit<ChatAnswer, 'message'>;

/** @throws {ProtocolError} for an answer without a message in it. */
export function toChatAnswer(raw: unknown, requestId: string | undefined): ChatAnswer {
  const message = readChatAnswer(raw);
  const answer = message.type === 'chat' ? message.answer : undefined;
  const choice = answer?.choices?.find(({ index }) => (index ?? 0) === 0);
  const said = choice?.message ?? choice?.delta;
  if (said == null) throw noAnswer(requestId);
  const calls = new ToolCallAssembler();
  for (const call of said.tool_calls ?? []) calls.push(call);
  const { audio, tts_content: tokens } = said;
  const transcript = audio?.transcript ?? '';
  const codes = new SpeechTokenReader().push(tokens?.tts_audio ?? '');
  return withMessage({
    text: said.content || transcript,
    reasoning: reasoningOf(said),
    audio: audio?.data ? toAudio(decodeBase64(audio.data), transcript) : undefined,
    toolCalls: calls.calls(),
    speechTokens:
      tokens?.tts_text || codes.length > 0 ? { text: tokens?.tts_text ?? '', codes } : undefined,
    finishReason: choice?.finish_reason || undefined,
    usage: answer?.usage == null ? undefined : toUsage(answer.usage),
    requestId,
  });
}

/** Gathers the events of a stream into a whole answer; its sound becomes a WAV. */
export async function collectChatAnswer(
  events: AsyncIterable<ChatEvent>,
  requestId: () => string | undefined,
): Promise<ChatAnswer> {
  const whole = { text: '', reasoning: '', transcript: '', tokenText: '' };
  const codes: number[] = [];
  const sound: Int16Array[] = [];
  let sampleRate = 0;
  const toolCalls: ChatAnswer['toolCalls'][number][] = [];
  let end: Pick<ChatAnswer, 'finishReason' | 'usage'> = {
    finishReason: undefined,
    usage: undefined,
  };
  for await (const event of events) {
    switch (event.type) {
      case 'text':
      case 'reasoning':
      case 'transcript':
        whole[event.type] += event.delta;
        break;
      case 'audio':
        sound.push(event.samples);
        ({ sampleRate } = event);
        break;
      case 'speech-tokens':
        whole.tokenText += event.text;
        for (const code of event.codes) codes.push(code);
        break;
      case 'tool-call': {
        const { type: _, ...call } = event;
        toolCalls.push(call);
        break;
      }
      case 'done':
        end = { finishReason: event.finishReason, usage: event.usage };
        break;
      case 'unknown':
    }
  }
  const { transcript } = whole;
  return withMessage({
    text: whole.text || transcript,
    reasoning: whole.reasoning || undefined,
    audio:
      sound.length === 0
        ? undefined
        : toAudio(writeWav({ samples: concatSamples(sound), sampleRate }), transcript),
    toolCalls,
    speechTokens:
      whole.tokenText !== '' || codes.length > 0 ? { text: whole.tokenText, codes } : undefined,
    ...end,
    requestId: requestId(),
  });
}

function toAudio(bytes: Uint8Array, transcript: string): ChatAudio {
  return { bytes, format: sniffContainer(bytes) ?? 'pcm', transcript };
}

function withMessage(answer: Gathered): ChatAnswer {
  const { text, toolCalls, speechTokens } = answer;
  const message: ChatAssistantMessage = {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(toolCalls.length === 0
      ? {}
      : {
          toolCalls: toolCalls.map(({ id, name, arguments: args }) => ({
            id,
            name,
            arguments: args,
          })),
        }),
    ...(speechTokens === undefined ? {} : { speechTokens }),
  };
  return { ...answer, message };
}
