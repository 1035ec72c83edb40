import { findModel, modelsServing } from './models.ts';
import type { WireRealtimeResponseOptions } from './realtime-client-events.ts';
import type { WireRealtimeInputItem, WireRealtimeInputPart } from './realtime-items.ts';
import type {
  WireRealtimeSessionPatch,
  WireRealtimeTool,
  WireRealtimeTurnDetection,
} from './realtime-session.ts';
import { characterCount } from './speech-rules.ts';
import type { Issue, TextFault } from './speech-rules.ts';

/** The only rate of a realtime session, in and out. */
export const REALTIME_SAMPLE_RATE = 24_000;
/** The service closes a session after this long. */
export const REALTIME_SESSION_LIMIT_MS = 30 * 60_000;
/** Most bytes of one `append`. Not said is whether before or after base64, so the encoded text is held to it. */
export const REALTIME_APPEND_LIMIT_BYTES = 15_000_000;
export const ENERGY_THRESHOLD_RANGE = [0, 5000] as const;

const TOOL_TYPES = ['function', 'retrieval', 'web_search'];
const TOOL_CHOICES = ['auto', 'none', 'required'];
const MODALITIES = ['text', 'audio'];
const PARTS: Readonly<Record<string, readonly string[]>> = {
  user: ['input_text', 'input_audio'],
  system: ['input_text'],
  assistant: ['text'],
};

/** Checks the model of the socket's address; one the table does not know may be newer. */
export function findRealtimeModelIssue(model: unknown): Issue | undefined {
  const row = typeof model === 'string' ? findModel(model) : undefined;
  const isUsable = typeof model === 'string' && model.trim() !== '';
  if (isUsable && (row === undefined || row.realtime !== undefined)) return undefined;
  const allowed = `one of ${modelsServing('realtime').join(', ')}, or a newer realtime model`;
  return { path: 'model', value: model, allowed };
}

/** Checks `session` of `session.update`. Paths stand below it: `turn_detection.silence_duration_ms`, `tools[0].function.name`. */
export function findRealtimeSessionIssues(session: WireRealtimeSessionPatch): Issue[] {
  const issues = findSharedIssues(session);
  const { turn_detection: detection, max_response_output_tokens: limit } = session;
  if (detection !== undefined && detection !== null) checkTurnDetection(issues, detection);
  const isCount = limit === 'inf' || (Number.isInteger(Number(limit)) && Number(limit) > 0);
  if (limit !== undefined && limit !== null && !isCount) {
    issues.push({
      path: 'max_response_output_tokens',
      value: limit,
      allowed: 'a whole number above 0',
    });
  }
  return issues;
}

/** Checks `response` of `response.create`. */
export function findResponseCreateIssues(response: WireRealtimeResponseOptions): Issue[] {
  return findSharedIssues(response);
}

/** Checks `item` of `conversation.item.create`. */
export function findRealtimeItemIssues(item: WireRealtimeInputItem): Issue[] {
  const issues: Issue[] = [];
  if (item.type === 'function_call_output') {
    checkFilled(issues, 'call_id', item.call_id, 'the call_id of a function call of the service');
    if (typeof item.output !== 'string') {
      issues.push({ path: 'output', value: typeof item.output, allowed: 'a string' });
    }
    return issues;
  }
  if (item.type !== 'message') {
    issues.push({ path: 'type', value: item.type, allowed: 'message or function_call_output' });
    return issues;
  }
  const types = PARTS[item.role ?? ''];
  if (types === undefined) {
    issues.push({
      path: 'role',
      value: item.role,
      allowed: `one of ${Object.keys(PARTS).join(', ')}`,
    });
    return issues;
  }
  if (!Array.isArray(item.content) || item.content.length === 0) {
    issues.push({ path: 'content', value: undefined, allowed: 'a list of at least one part' });
    return issues;
  }
  for (const [index, part] of item.content.entries()) {
    checkPart(issues, `content[${index}]`, part, types);
  }
  return issues;
}

/** Checks `audio` of `input_audio_buffer.append`: its size, and whether it holds whole samples. */
export function findAppendIssue(audio: unknown): Issue | undefined {
  return typeof audio === 'string'
    ? findAudioIssue('audio', audio)
    : { path: 'audio', value: typeof audio, allowed: 'base64 of 16-bit PCM' };
}

type SharedFields = Pick<
  WireRealtimeSessionPatch,
  | 'modalities'
  | 'instructions'
  | 'voice'
  | 'input_audio_format'
  | 'output_audio_format'
  | 'tools'
  | 'tool_choice'
  | 'temperature'
>;

function findSharedIssues(fields: SharedFields): Issue[] {
  const issues: Issue[] = [];
  const { modalities, voice, instructions, temperature, tools } = fields;
  if (isSet(modalities) && (modalities.length === 0 || !modalities.every(isModality))) {
    issues.push({ path: 'modalities', value: modalities, allowed: '["text"] or ["text","audio"]' });
  }
  if (isSet(voice)) checkFilled(issues, 'voice', voice, 'the id of an official or a cloned voice');
  if (isSet(instructions)) checkText(issues, 'instructions', instructions);
  for (const path of ['input_audio_format', 'output_audio_format'] as const) {
    const value = fields[path];
    if (isSet(value) && value !== 'pcm16') issues.push({ path, value, allowed: 'pcm16' });
  }
  if (isSet(fields.tool_choice) && !TOOL_CHOICES.includes(fields.tool_choice)) {
    issues.push({
      path: 'tool_choice',
      value: fields.tool_choice,
      allowed: `one of ${TOOL_CHOICES.join(', ')}`,
    });
  }
  if (isSet(temperature) && !isBetween(temperature, 0, 2)) {
    issues.push({ path: 'temperature', value: temperature, allowed: 'a number from 0 to 2' });
  }
  if (isSet(tools)) checkTools(issues, tools);
  return issues;
}

function checkTurnDetection(issues: Issue[], detection: WireRealtimeTurnDetection): void {
  // Off is echoed with an empty type, which a client may send back.
  if (detection.type !== undefined && detection.type !== 'server_vad' && detection.type !== '') {
    issues.push({ path: 'turn_detection.type', value: detection.type, allowed: 'server_vad' });
  }
  for (const key of ['prefix_padding_ms', 'silence_duration_ms'] as const) {
    const value = detection[key];
    if (value === undefined || (Number.isInteger(value) && value >= 0)) continue;
    issues.push({
      path: `turn_detection.${key}`,
      value,
      allowed: 'a whole number of milliseconds',
    });
  }
  const threshold = detection.energy_awakeness_threshold;
  const [least, most] = ENERGY_THRESHOLD_RANGE;
  if (threshold === undefined) return;
  if (Number.isInteger(threshold) && isBetween(threshold, least, most)) return;
  issues.push({
    path: 'turn_detection.energy_awakeness_threshold',
    value: threshold,
    allowed: `a whole number from ${least} to ${most}`,
  });
}

function checkTools(issues: Issue[], tools: readonly WireRealtimeTool[]): void {
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`;
    if (!TOOL_TYPES.includes(tool.type)) {
      issues.push({
        path: `${path}.type`,
        value: tool.type,
        allowed: `one of ${TOOL_TYPES.join(', ')}`,
      });
    }
    if (tool.type === 'retrieval') {
      const id = tool.function?.options?.vector_store_id;
      checkFilled(
        issues,
        `${path}.function.options.vector_store_id`,
        id,
        'the id of a vector store',
      );
    }
    if (tool.type !== 'function') continue;
    const { name } = tool.function ?? tool;
    const namePath = tool.function === undefined ? `${path}.name` : `${path}.function.name`;
    if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
      const allowed = '1 to 64 ASCII letters, digits, _ and -';
      issues.push({ path: namePath, value: name, allowed });
    } else if (names.has(name)) {
      issues.push({ path: namePath, value: name, allowed: 'a name that no other tool has' });
    } else names.add(name);
  }
}

function checkPart(
  issues: Issue[],
  path: string,
  part: WireRealtimeInputPart,
  types: readonly string[],
): void {
  if (!types.includes(part.type)) {
    issues.push({ path: `${path}.type`, value: part.type, allowed: `one of ${types.join(', ')}` });
    return;
  }
  if (part.type === 'input_audio') {
    const issue =
      typeof part.audio === 'string' && part.audio !== ''
        ? findAudioIssue(`${path}.audio`, part.audio)
        : { path: `${path}.audio`, value: undefined, allowed: 'base64 of 16-bit PCM' };
    if (issue !== undefined) issues.push(issue);
    return;
  }
  checkText(issues, `${path}.text`, part.text);
  if (part.text?.trim() === '') {
    const value: TextFault = { length: characterCount(part.text) };
    issues.push({ path: `${path}.text`, value, allowed: 'text that is not blank' });
  }
}

function findAudioIssue(path: string, audio: string): Issue | undefined {
  if (audio.length > REALTIME_APPEND_LIMIT_BYTES) {
    return {
      path,
      value: { length: audio.length } satisfies TextFault,
      allowed: `up to ${REALTIME_APPEND_LIMIT_BYTES} bytes`,
      instead: 'several events',
    };
  }
  const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
  const bytes = Math.floor(((audio.length - padding) * 3) / 4);
  if (bytes % 2 === 0) return undefined;
  return { path, value: bytes, allowed: 'an even number of bytes: whole 16-bit samples' };
}

/** Text of any length, if it can be read: no U+0000, no surrogate without its other half. */
function checkText(issues: Issue[], path: string, text: unknown): void {
  if (typeof text !== 'string') {
    issues.push({ path, value: typeof text, allowed: 'a string' });
    return;
  }
  const offset = text.search(/\p{Surrogate}|\0/u);
  if (offset < 0) return;
  issues.push({
    path,
    value: { length: characterCount(text), offset } satisfies TextFault,
    allowed: 'well-formed Unicode without U+0000',
    instead: 'text.toWellFormed() without U+0000',
  });
}

function checkFilled(issues: Issue[], path: string, value: unknown, allowed: string): void {
  if (typeof value === 'string' && value.trim() !== '') return;
  issues.push({ path, value, allowed });
}

function isModality(value: string): boolean {
  return MODALITIES.includes(value);
}

function isBetween(value: number, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
