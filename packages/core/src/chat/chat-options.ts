import type { Pcm } from '../audio/pcm.ts';

/** Open: the service may serve newer ones, and servers of your own have their names. */
export type ChatModel =
  | 'stepaudio-2.5-chat'
  | 'stepaudio-3-chat-preview'
  | 'step-audio-2'
  | 'step-audio-2-mini'
  | 'step-1o-audio'
  | 'step-audio-r1.5'
  | (string & {});

/** A part of what the user says. */
export type ChatPart =
  | { type: 'text'; text: string }
  | {
      type: 'audio';
      /**
       * The bytes of a WAV or MP3 file, or samples, which are sent as WAV. All sounds of a request together: about 7.5 MB
       * and 30 segments, of which a sound counts one for each 25 s that it begins. `step-1o-audio` takes MP3 only.
       */
      audio: Uint8Array | Pcm;
    };

/** Speech as codes, from servers that run the open weights. */
export type ChatSpeechTokens = {
  /** What the codes say. */
  text: string;
  /** 0 to 6560 for sound; what a code means is the model's affair. */
  codes: readonly number[];
};

/** What of a call goes back to the service. */
export type ChatCallRecord = { id: string; name: string; arguments: string };

export type ChatSystemMessage = { role: 'system'; content: string };
export type ChatUserMessage = { role: 'user'; content: string | readonly ChatPart[] };
/** An earlier answer; `ChatAnswer.message` is one. Of spoken answers send the text, not the sound. */
export type ChatAssistantMessage = {
  role: 'assistant';
  content?: string | null | undefined;
  toolCalls?: readonly ChatCallRecord[] | undefined;
  /** Only for servers that run the open weights. */
  speechTokens?: ChatSpeechTokens | undefined;
};
/** The result of a tool call. */
export type ChatToolMessage = { role: 'tool'; callId: string; content: string };

export type ChatMessage =
  | ChatSystemMessage
  | ChatUserMessage
  | ChatAssistantMessage
  | ChatToolMessage;

/** A function that the model may ask for. */
export type ChatTool = {
  name: string;
  description?: string | undefined;
  /** JSON Schema of the arguments, an object's. Default: no arguments. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
};

/** Options of `chat.create()` and `chat.stream()`. */
export type ChatOptions = {
  /** The conversation so far, oldest first. */
  messages: readonly ChatMessage[];
  /**
   * Default `stepaudio-2.5-chat`, which both plans have and which answers in text; with `audio`, `step-audio-2`. The
   * subscription has the first only.
   */
  model?: ChatModel | undefined;
  /** Default `['text']`; with `audio`, `['text', 'audio']`. */
  modalities?: readonly ('text' | 'audio')[] | undefined;
  /**
   * Answer in speech too, on models that speak. `format` is `wav` for `create()` and `pcm` (24 kHz, mono) for `stream()`:
   * the service has no other, so it need not be said.
   */
  audio?: { voice: string; format?: 'wav' | 'pcm' | undefined } | undefined;
  /** Not on `step-audio-r1.1` and `step-audio-r1.5`. */
  tools?: readonly ChatTool[] | undefined;
  /** Default `auto`. `required` asks for some call, a name for that one. */
  toolChoice?: 'auto' | 'none' | 'required' | { name: string } | undefined;
  /** Longest answer in tokens. */
  maxTokens?: number | undefined;
  /** 0 to 2; the service's default is 0.5. */
  temperature?: number | undefined;
  /** 0 to 1; the service's default is 0.9. */
  topP?: number | undefined;
  /** 0 to 1. */
  frequencyPenalty?: number | undefined;
  /** Texts at which the answer ends. */
  stop?: string | readonly string[] | undefined;
  /** As the service has it: `{ type: 'json_object' }`. */
  responseFormat?: Readonly<{ type: string; [field: string]: unknown }> | undefined;
  /** How much a thinking model thinks: `low`, `medium`, `high`. */
  reasoningEffort?: string | undefined;
  /**
   * More fields of the body, for servers of your own: `{ repetition_penalty: 1.05, continue_final_message: true }`. It
   * cannot change what the other options say.
   */
  extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** Aborting closes the connection at once; the call then rejects with `signal.reason` as it is. */
  signal?: AbortSignal | undefined;
};
