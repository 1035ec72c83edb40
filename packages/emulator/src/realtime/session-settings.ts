import { findRealtimeSessionIssues } from '@stepvoice/core/protocol';
import type { WireRealtimeSessionPatch } from '@stepvoice/core/protocol';
import type { MindTool } from '../mind/mind.ts';
import type { VoiceAccess } from '../speech/speech-order.ts';
import { EventRefusal, invalidVoice, refuse } from './event-refusal.ts';
import { defaultVoice, isRealtimeVoice } from './realtime-voices.ts';

/** How the service itself finds the turns of the user. */
export type TurnDetection = {
  /** Sound kept from before the start of speech. */
  prefixPaddingMs: number;
  /** Silence that ends a turn. */
  silenceDurationMs: number;
  /** How loud speech must be, 0 to 5000. */
  energyThreshold: number;
};

type WireTool = NonNullable<NonNullable<WireRealtimeSessionPatch['tools']>[number]>;

/** What `session.update` can change. */
export type SessionSettings = {
  readonly modalities: readonly string[];
  readonly instructions: string;
  readonly voice: string;
  /** `undefined`: the client says itself when a turn is over. */
  readonly turnDetection: TurnDetection | undefined;
  readonly tools: readonly WireTool[];
  readonly toolChoice: 'auto' | 'required' | 'none';
  readonly temperature: number | undefined;
  readonly maxTokens: string | number | undefined;
};

/** Figures of the service's documentation. */
const DETECTION: TurnDetection = {
  prefixPaddingMs: 500,
  silenceDurationMs: 100,
  energyThreshold: 2500,
};
const MAX_TOKENS = 4096;

export function initialSettings(model: string, access: VoiceAccess): SessionSettings {
  return {
    modalities: ['text', 'audio'],
    instructions: '',
    voice: defaultVoice(model, access),
    // Its reference says off, its guide on; clients send it in either case.
    turnDetection: undefined,
    tools: [],
    toolChoice: 'auto',
    temperature: undefined,
    maxTokens: undefined,
  };
}

export type SettingsRules = {
  model: string;
  access: VoiceAccess;
  /** Whether the voice has been heard: from then on it stays. */
  hasSpoken: boolean;
};

/**
 * The settings after a `session.update`: what is not in the patch, or `null` there, stays as it is.
 *
 * @throws {EventRefusal} for a field that is wrong; then all stays as it is.
 */
export function updateSettings(
  settings: SessionSettings,
  patch: WireRealtimeSessionPatch,
  { model, access, hasSpoken }: SettingsRules,
): SessionSettings {
  refuse(findRealtimeSessionIssues(patch), 'session');
  const voice = patch.voice ?? settings.voice;
  if (!isRealtimeVoice(voice, model, access)) throw invalidVoice(voice, 'session.voice');
  if (hasSpoken && voice !== settings.voice) {
    throw new EventRefusal('voice cannot be changed after the first audio of the session', {
      code: 'invalid_value',
      param: 'session.voice',
    });
  }
  return {
    modalities: patch.modalities ?? settings.modalities,
    instructions: patch.instructions ?? settings.instructions,
    voice,
    turnDetection: toTurnDetection(patch.turn_detection, settings.turnDetection),
    tools: patch.tools ?? settings.tools,
    toolChoice: (patch.tool_choice ?? settings.toolChoice) as SessionSettings['toolChoice'],
    temperature: patch.temperature ?? settings.temperature,
    maxTokens: patch.max_response_output_tokens ?? settings.maxTokens,
  };
}

function toTurnDetection(
  patch: WireRealtimeSessionPatch['turn_detection'],
  current: TurnDetection | undefined,
): TurnDetection | undefined {
  if (patch === undefined) return current;
  // An empty type is how off has been seen to be echoed.
  if (patch === null || patch.type === '') return undefined;
  return {
    prefixPaddingMs: patch.prefix_padding_ms ?? DETECTION.prefixPaddingMs,
    silenceDurationMs: patch.silence_duration_ms ?? DETECTION.silenceDurationMs,
    energyThreshold: patch.energy_awakeness_threshold ?? DETECTION.energyThreshold,
  };
}

/** `session` of `session.created` and `session.updated`, but for its id and what the two differ in. */
export function toWireSession(settings: SessionSettings, model: string): Record<string, unknown> {
  const { turnDetection, temperature } = settings;
  return {
    object: 'realtime.session',
    model,
    modalities: settings.modalities,
    instructions: settings.instructions,
    voice: settings.voice,
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    turn_detection:
      turnDetection === undefined
        ? null
        : {
            type: 'server_vad',
            prefix_padding_ms: turnDetection.prefixPaddingMs,
            silence_duration_ms: turnDetection.silenceDurationMs,
            energy_awakeness_threshold: turnDetection.energyThreshold,
          },
    tools: settings.tools,
    tool_choice: settings.toolChoice,
    ...(temperature !== undefined && { temperature }),
    max_response_output_tokens: settings.maxTokens ?? MAX_TOKENS,
  };
}

/** The functions among the tools, nested or flat; the others run on the service's side. */
export function toMindTools(tools: readonly WireTool[]): MindTool[] {
  return tools
    .filter(({ type }) => type === 'function')
    .map((tool) => {
      const { name = '', description, parameters } = tool.function ?? tool;
      return { name, description: description ?? '', parameters: parameters ?? {} };
    });
}
