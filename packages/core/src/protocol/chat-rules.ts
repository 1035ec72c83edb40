import type { WireChatMessage, WireChatRequest } from './chat-request.ts';
import { findModel, modelsServing } from './models.ts';
import type { ChatCapabilities } from './models.ts';
import type { Issue, TextFault } from './speech-rules.ts';

/** Most base64 characters of sound in one request: the service's 10 MB, which hold about 7.5 MB of a file. */
export const CHAT_AUDIO_LIMIT = 10 * 1024 * 1024;
/** Most segments of sound in one request. */
export const CHAT_SEGMENT_LIMIT = 30;
/** A longer sound counts once for each of these that it begins. */
export const CHAT_SEGMENT_SECONDS = 25;
export const TEMPERATURE_RANGE = [0, 2] as const;
export const TOP_P_RANGE = [0, 1] as const;
export const FREQUENCY_PENALTY_RANGE = [0, 1] as const;

const ROLES = ['system', 'user', 'assistant', 'tool'];

/** What is known of one sound in the request; found out by who can read audio. */
export type ChatSound = {
  /** Field of the wire: `messages[1].content[0].input_audio.data`. */
  path: string;
  container: 'wav' | 'mp3';
  /** `undefined` where the file does not say. */
  seconds: number | undefined;
  /** Characters of its base64. */
  length: number;
};

/** Checks a body of `POST /chat/completions` against the model table and the documented limits. */
export function findChatRequestIssues(
  request: WireChatRequest,
  sounds: readonly ChatSound[],
): Issue[] {
  const issues: Issue[] = [];
  const row = checkModel(issues, request.model);
  checkMessages(issues, request.messages);
  checkOutput(issues, request, row);
  checkTools(issues, request, row);
  checkSounds(issues, sounds, request.model, row);
  checkRange(issues, 'temperature', request.temperature, TEMPERATURE_RANGE);
  checkRange(issues, 'top_p', request.top_p, TOP_P_RANGE);
  checkRange(issues, 'frequency_penalty', request.frequency_penalty, FREQUENCY_PENALTY_RANGE);
  checkCount(issues, 'max_tokens', request.max_tokens);
  checkCount(issues, 'n', request.n);
  return issues;
}

function checkModel(issues: Issue[], model: unknown): ChatCapabilities | undefined {
  const row = typeof model === 'string' ? findModel(model) : undefined;
  if (typeof model !== 'string' || model === '' || (row !== undefined && row.chat === undefined)) {
    issues.push({
      path: 'model',
      value: model,
      allowed: `one of ${modelsServing('chat').join(', ')}, or a newer chat model`,
    });
  }
  return row?.chat;
}

function checkMessages(issues: Issue[], messages: readonly WireChatMessage[]): void {
  for (const [index, message] of messages.entries()) {
    const issue = findMessageIssue(message);
    if (issue !== undefined) issues.push({ ...issue, path: `messages[${index}].${issue.path}` });
  }
  if (!messages.some(({ role }) => role === 'user' || role === 'tool')) {
    issues.push({
      path: 'messages',
      value: { count: messages.length },
      allowed: 'at least one message of the user',
    });
  }
}

function findMessageIssue(message: WireChatMessage): Issue | undefined {
  const { role, content, tool_calls: calls, tool_call_id: callId } = message;
  if (!ROLES.includes(role)) {
    return { path: 'role', value: role, allowed: `one of ${ROLES.join(', ')}` };
  }
  if (role === 'tool' && (callId ?? '') === '') {
    return { path: 'tool_call_id', value: callId, allowed: 'the id of the call that it answers' };
  }
  // A tool may have nothing to say, and an assistant may only have called one.
  const mayBeEmpty =
    role === 'tool' || (role === 'assistant' && (calls ?? message.tts_content) != null);
  if (!mayBeEmpty && (content ?? '').length === 0) {
    return {
      path: 'content',
      value: { length: 0 } satisfies TextFault,
      allowed: 'a text, or parts of text and sound',
    };
  }
  if (!Array.isArray(content)) return undefined;
  for (const [index, part] of content.entries()) {
    const path = `content[${index}]`;
    if (part.type === 'text') {
      if (typeof part.text === 'string') continue;
      return { path: `${path}.text`, value: undefined, allowed: 'a string' };
    }
    if (part.type !== 'input_audio') {
      return { path: `${path}.type`, value: part.type, allowed: '"text" or "input_audio"' };
    }
    if (role !== 'user') {
      return { path, value: undefined, allowed: `text only in a message of role ${role}` };
    }
    if (part.input_audio === undefined) {
      return { path: `${path}.input_audio`, value: undefined, allowed: 'an object with data' };
    }
  }
  return undefined;
}

function checkOutput(
  issues: Issue[],
  { model, modalities, audio, stream }: WireChatRequest,
  row: ChatCapabilities | undefined,
): void {
  for (const [index, modality] of (modalities ?? []).entries()) {
    if (modality === 'text' || modality === 'audio') continue;
    const path = `modalities[${index}]`;
    issues.push({ path, value: modality, allowed: '"text" or "audio"' });
  }
  if (modalities?.includes('audio') !== true) return;
  if (row?.audioOutput === false) {
    issues.push({
      path: 'modalities',
      value: 'audio',
      allowed: `["text"] on ${model}`,
      instead: 'a model that speaks, such as step-audio-2, or speech of its own for the text',
    });
    return;
  }
  if (typeof audio?.voice !== 'string' || audio.voice.trim() === '') {
    issues.push({ path: 'audio.voice', value: audio?.voice, allowed: 'the id of a voice' });
  }
  const format = stream === true ? 'pcm' : 'wav';
  if (audio?.format !== format) {
    issues.push({
      path: 'audio.format',
      value: audio?.format,
      allowed: `"${format}" with stream ${stream === true}`,
    });
  }
}

function checkTools(
  issues: Issue[],
  { model, tools = [], tool_choice: choice }: WireChatRequest,
  row: ChatCapabilities | undefined,
): void {
  if (tools.length > 0 && row?.tools === false) {
    issues.push({ path: 'tools', value: { count: tools.length }, allowed: `none on ${model}` });
  }
  const names = tools.map((tool) => tool.function.name);
  for (const [index, name] of names.entries()) {
    if (name.trim() !== '' && names.indexOf(name) === index) continue;
    const path = `tools[${index}].function.name`;
    issues.push({ path, value: name, allowed: 'a name that no other tool has' });
  }
  if (choice === undefined || choice === 'auto' || choice === 'none') return;
  const known =
    typeof choice === 'string'
      ? choice === 'required' && tools.length > 0
      : names.includes(choice.function.name);
  if (known) return;
  issues.push({
    path: 'tool_choice',
    value: typeof choice === 'string' ? choice : choice.function.name,
    allowed: '"auto", "none", or with tools "required" or the name of one',
  });
}

function checkSounds(
  issues: Issue[],
  sounds: readonly ChatSound[],
  model: string,
  row: ChatCapabilities | undefined,
): void {
  let length = 0;
  let segments = 0;
  for (const sound of sounds) {
    length += sound.length;
    segments += Math.max(1, Math.ceil((sound.seconds ?? 0) / CHAT_SEGMENT_SECONDS));
    if (sound.container === 'wav' && row?.wavInput === false) {
      issues.push({
        path: sound.path,
        value: 'audio/wav',
        allowed: `audio/mpeg only on ${model}`,
        instead: 'MP3',
      });
    }
  }
  if (length > CHAT_AUDIO_LIMIT) {
    issues.push({
      path: 'messages',
      value: { length },
      allowed: `sound of at most ${CHAT_AUDIO_LIMIT} characters of base64, about 7.5 MB of files`,
      instead: 'MP3, or the text of earlier turns',
    });
  }
  if (segments > CHAT_SEGMENT_LIMIT) {
    issues.push({
      path: 'messages',
      value: { segments },
      allowed: `at most ${CHAT_SEGMENT_LIMIT} segments of sound of ${CHAT_SEGMENT_SECONDS} s`,
      instead: 'the text of earlier turns',
    });
  }
}

function checkRange(
  issues: Issue[],
  path: string,
  value: unknown,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= least && value <= most) return;
  issues.push({ path, value, allowed: `a number from ${least} to ${most}` });
}

function checkCount(issues: Issue[], path: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1)) return;
  issues.push({ path, value, allowed: 'a whole number from 1' });
}
