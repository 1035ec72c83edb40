import { findModel } from '../protocol/models.ts';
import type { WireRealtimeResponseOptions } from '../protocol/realtime-client-events.ts';
import type { WireRealtimeInputItem } from '../protocol/realtime-items.ts';
import {
  REALTIME_SESSION_LIMIT_MS,
  findRealtimeItemIssues,
  findRealtimeModelIssue,
  findRealtimeSessionIssues,
  findResponseCreateIssues,
} from '../protocol/realtime-rules.ts';
import type {
  WireRealtimeSession,
  WireRealtimeSessionPatch,
  WireRealtimeTool,
  WireRealtimeTurnDetection,
} from '../protocol/realtime-session.ts';
import type { Issue } from '../protocol/speech-rules.ts';
import { refuseUnknownOptions, toValidationError } from '../protocol/validation-error.ts';
import type {
  RealtimeSessionState,
  RealtimeTurnDetection,
  RealtimeUsage,
} from './realtime-events.ts';
import type {
  RealtimeConnectOptions,
  RealtimeRespondOptions,
  RealtimeServiceTool,
  RealtimeSessionOptions,
  RealtimeTool,
} from './realtime-options.ts';
import { DEFAULT_REALTIME_MODEL } from './realtime-options.ts';
import { isStandardSchema, toJsonSchema } from './tool-schema.ts';

/** As often as the service's own clients send one. */
const DEFAULT_KEEP_ALIVE_MS = 20_000;
const DEFAULT_WARN_BEFORE_MS = 60_000;

const SESSION_OPTIONS = [
  'voice',
  'instructions',
  'turnDetection',
  'tools',
  'toolChoice',
  'temperature',
] as const satisfies (keyof RealtimeSessionOptions)[];
const CONNECT_OPTIONS = [
  ...SESSION_OPTIONS,
  'model',
  'history',
  'interruptResponse',
  'keepAliveMs',
  'maxSessionMs',
  'warnBeforeMs',
  'handOver',
  'signal',
] as const satisfies (keyof RealtimeConnectOptions)[];

/** What the wire calls an option; also what somebody who knows the wire might write by mistake. */
const PUBLIC_NAMES: Readonly<Record<string, string>> = {
  turn_detection: 'turnDetection',
  tool_choice: 'toolChoice',
  prefix_padding_ms: 'prefixPaddingMs',
  silence_duration_ms: 'silenceDurationMs',
  energy_awakeness_threshold: 'energyThreshold',
  threshold: 'energyThreshold',
  vector_store_id: 'vectorStoreId',
  prompt_template: 'promptTemplate',
  top_k: 'topK',
  timeout_seconds: 'timeoutSeconds',
};

/** What a session is opened with, checked. */
export type SessionSetup = {
  model: string;
  session: WireRealtimeSessionPatch;
  history: WireRealtimeInputItem[];
  keepAliveMs: number;
  maxSessionMs: number;
  warnBeforeMs: number;
};

/** @throws {ValidationError} for what the service would refuse, and for an option that does not exist. */
export function toSessionSetup(options: RealtimeConnectOptions): SessionSetup {
  refuseUnknownOptions(options, CONNECT_OPTIONS, PUBLIC_NAMES);
  const { model = DEFAULT_REALTIME_MODEL, history = [] } = options;
  const modelIssue = findRealtimeModelIssue(model);
  if (modelIssue !== undefined) throw toValidationError(modelIssue);
  if (!Array.isArray(history)) {
    throw toValidationError({ path: 'history', value: typeof history, allowed: 'a list' });
  }
  const maxSessionMs = options.maxSessionMs ?? REALTIME_SESSION_LIMIT_MS;
  const warnBeforeMs = options.warnBeforeMs ?? Math.min(DEFAULT_WARN_BEFORE_MS, maxSessionMs / 2);
  const keepAliveMs = options.keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS;
  refuseUnlessPositive({ maxSessionMs, keepAliveMs });
  if (!(warnBeforeMs >= 0 && warnBeforeMs < maxSessionMs)) {
    const allowed = 'milliseconds from 0 to below maxSessionMs';
    throw toValidationError({ path: 'warnBeforeMs', value: warnBeforeMs, allowed });
  }
  return {
    model,
    session: {
      modalities: ['text', 'audio'],
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      // Sources disagree about what holds where a client does not say it.
      turn_detection: null,
      ...toWirePatch(options, model),
    },
    history: history.map((entry, index) =>
      toMessage(entry?.role, entry?.text, `history[${index}]`),
    ),
    keepAliveMs,
    maxSessionMs,
    warnBeforeMs,
  };
}

/** @throws {ValidationError} as {@link toSessionSetup} does. */
export function toSessionPatch(
  patch: RealtimeSessionOptions,
  model: string,
): WireRealtimeSessionPatch {
  refuseUnknownOptions(patch, SESSION_OPTIONS, PUBLIC_NAMES);
  return toWirePatch(patch, model);
}

/** @throws {ValidationError} for what the service would refuse. */
export function toResponseOptions(
  options: RealtimeRespondOptions,
): WireRealtimeResponseOptions | undefined {
  refuseUnknownOptions(options, ['instructions', 'modalities']);
  const { instructions, modalities } = options;
  const response: WireRealtimeResponseOptions = {
    ...(instructions === undefined ? {} : { instructions }),
    ...(modalities === undefined ? {} : { modalities: [...modalities] }),
  };
  refuseFirst(findResponseCreateIssues(response));
  return Object.keys(response).length === 0 ? undefined : response;
}

/**
 * A text as an item of the conversation.
 *
 * @throws {ValidationError} for a text that is blank or cannot be read, and for an unknown role; `path` is that of the
 *   object that holds both.
 */
export function toMessage(role: string, text: string, path?: string): WireRealtimeInputItem {
  const type = role === 'assistant' ? 'text' : 'input_text';
  const item: WireRealtimeInputItem = { type: 'message', role, content: [{ type, text }] };
  const prefix = path === undefined ? '' : `${path}.`;
  const [issue] = findRealtimeItemIssues(item);
  if (issue === undefined) return item;
  const name = issue.path.replace(/^content\[0\]\./, '');
  throw toValidationError({ ...issue, path: `${prefix}${name}` });
}

/** What is unknown to the service stays as it was before. */
export function toSessionState(
  wire: WireRealtimeSession,
  before: RealtimeSessionState,
): RealtimeSessionState {
  const detection = wire.turn_detection;
  return {
    id: wire.id ?? before.id,
    model: wire.model ?? before.model,
    voice: wire.voice ?? before.voice,
    instructions: wire.instructions ?? before.instructions,
    turnDetection: detection === undefined ? before.turnDetection : toTurnDetection(detection),
    tools: wire.tools === undefined ? before.tools : toolNames(wire.tools),
  };
}

/** What was asked for, for where the service does not repeat it. */
export function toRequestedState(
  model: string,
  session: WireRealtimeSessionPatch,
): RealtimeSessionState {
  return {
    id: undefined,
    model,
    voice: session.voice ?? undefined,
    instructions: session.instructions ?? undefined,
    turnDetection: toTurnDetection(session.turn_detection ?? null),
    tools: toolNames(session.tools ?? []),
  };
}

/** Documented nowhere: these are the names of the vocabulary that the service took over. */
export function toUsage(wire: Record<string, unknown> | undefined): RealtimeUsage | undefined {
  if (wire === undefined) return undefined;
  const input = countOf(wire['input_tokens']);
  const output = countOf(wire['output_tokens']);
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: countOf(wire['total_tokens']) || input + output,
    cachedTokens: detailOf(wire['input_token_details'], 'cached_tokens'),
    inputAudioTokens: detailOf(wire['input_token_details'], 'audio_tokens'),
    outputAudioTokens: detailOf(wire['output_token_details'], 'audio_tokens'),
  };
}

/** Milliseconds that may come as text; `undefined` where there are none. */
export function toMs(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const ms = Number(value);
  return Number.isFinite(ms) ? ms : undefined;
}

function toWirePatch(options: RealtimeSessionOptions, model: string): WireRealtimeSessionPatch {
  const { voice, instructions, turnDetection, tools, toolChoice, temperature } = options;
  const patch: WireRealtimeSessionPatch = {
    ...(voice === undefined ? {} : { voice }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(turnDetection === undefined ? {} : { turn_detection: toWireDetection(turnDetection) }),
    ...(tools === undefined ? {} : { tools: toWireTools(tools, model) }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(temperature === undefined ? {} : { temperature }),
  };
  refuseFirst(findRealtimeSessionIssues(patch));
  return patch;
}

function toWireDetection(
  detection: RealtimeTurnDetection | null,
): WireRealtimeTurnDetection | null {
  if (detection === null) return null;
  const names = ['silenceDurationMs', 'prefixPaddingMs', 'energyThreshold'] as const;
  if (typeof detection !== 'object') {
    const allowed = `null or an object with any of ${names.join(', ')}`;
    throw toValidationError({ path: 'turnDetection', value: detection, allowed });
  }
  for (const key of Object.keys(detection)) {
    if (names.some((name) => name === key)) continue;
    throw toValidationError({
      path: `turnDetection.${key}`,
      value: undefined,
      allowed: names.join(', '),
      ...(Object.hasOwn(PUBLIC_NAMES, key) ? { instead: PUBLIC_NAMES[key]! } : {}),
    });
  }
  const { silenceDurationMs, prefixPaddingMs, energyThreshold } = detection;
  return {
    type: 'server_vad',
    ...(silenceDurationMs === undefined ? {} : { silence_duration_ms: silenceDurationMs }),
    ...(prefixPaddingMs === undefined ? {} : { prefix_padding_ms: prefixPaddingMs }),
    ...(energyThreshold === undefined ? {} : { energy_awakeness_threshold: energyThreshold }),
  };
}

function toTurnDetection(
  wire: WireRealtimeTurnDetection | null | undefined,
): RealtimeTurnDetection | null {
  // Off is echoed as null or with an empty type.
  if (wire === null || wire === undefined || wire.type === '') return null;
  return {
    silenceDurationMs: wire.silence_duration_ms,
    prefixPaddingMs: wire.prefix_padding_ms,
    energyThreshold: wire.energy_awakeness_threshold,
  };
}

function toWireTools(
  tools: readonly (RealtimeTool | RealtimeServiceTool)[],
  model: string,
): WireRealtimeTool[] {
  if (!Array.isArray(tools)) {
    throw toValidationError({ path: 'tools', value: typeof tools, allowed: 'a list of tools' });
  }
  if (tools.length > 0 && findModel(model)?.realtime?.tools === false) {
    throw toValidationError({
      path: 'tools',
      value: undefined,
      allowed: `none on ${model}, which reads calls aloud`,
      instead: DEFAULT_REALTIME_MODEL,
    });
  }
  return tools.map((tool, index) => toWireTool(tool, `tools[${index}]`));
}

function toWireTool(tool: RealtimeTool | RealtimeServiceTool, path: string): WireRealtimeTool {
  if (typeof tool !== 'object' || tool === null) {
    throw toValidationError({ path, value: typeof tool, allowed: 'a tool' });
  }
  const { description } = tool;
  switch (tool.type) {
    case 'retrieval': {
      const { vectorStoreId, promptTemplate } = tool;
      const options = {
        vector_store_id: vectorStoreId,
        ...(promptTemplate === undefined ? {} : { prompt_template: promptTemplate }),
      };
      return { type: 'retrieval', function: { description: tool.description, options } };
    }
    case 'web_search': {
      const { topK, timeoutSeconds } = tool;
      const options = {
        ...(topK === undefined ? {} : { top_k: topK }),
        ...(timeoutSeconds === undefined ? {} : { timeout_seconds: timeoutSeconds }),
      };
      return {
        type: 'web_search',
        function: { ...(description === undefined ? {} : { description }), options },
      };
    }
    case 'function':
    case undefined:
      return toWireFunction(tool, path);
    default: {
      const allowed = 'function, retrieval or web_search';
      throw toValidationError({
        path: `${path}.type`,
        value: (tool as RealtimeTool).type,
        allowed,
      });
    }
  }
}

function toWireFunction(tool: RealtimeTool, path: string): WireRealtimeTool {
  const { name, description, parameters, schema, timeoutMs } = tool;
  if (typeof description !== 'string' || description.trim() === '') {
    const allowed = 'a sentence that says when to call the tool';
    throw toValidationError({ path: `${path}.description`, value: undefined, allowed });
  }
  if (schema !== undefined && !isStandardSchema(schema)) {
    throw toValidationError({
      path: `${path}.schema`,
      value: undefined,
      allowed: 'a schema with ~standard',
      instead: 'parameters for a JSON Schema',
    });
  }
  if (tool.run !== undefined && typeof tool.run !== 'function') {
    throw toValidationError({ path: `${path}.run`, value: undefined, allowed: 'a function' });
  }
  if (timeoutMs !== undefined) refuseUnlessPositive({ timeoutMs }, `${path}.`);
  const json = toJsonSchema(parameters, `${path}.parameters`);
  return { type: 'function', function: { name, description, parameters: { ...json } } };
}

function toolNames(tools: readonly WireRealtimeTool[]): string[] {
  return tools.flatMap((tool) => tool.function?.name ?? tool.name ?? []);
}

function refuseFirst(issues: readonly Issue[]): void {
  const [first, ...others] = issues.map((issue) => ({ ...issue, path: toPublicPath(issue.path) }));
  if (first !== undefined) {
    throw toValidationError(
      first,
      others.map((issue) => issue.path),
    );
  }
}

function toPublicPath(path: string): string {
  return path
    .replace(/\.function\.(options\.)?/, '.')
    .split('.')
    .map((name) => PUBLIC_NAMES[name] ?? name)
    .join('.');
}

function refuseUnlessPositive(limits: Record<string, number>, prefix = ''): void {
  for (const [path, value] of Object.entries(limits)) {
    if (typeof value === 'number' && value > 0) continue;
    throw toValidationError({ path: `${prefix}${path}`, value, allowed: 'milliseconds above 0' });
  }
}

function detailOf(details: unknown, name: string): number {
  return typeof details === 'object' && details !== null
    ? countOf((details as Record<string, unknown>)[name])
    : 0;
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
