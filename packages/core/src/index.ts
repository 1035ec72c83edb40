export { Chat } from './chat/chat.ts';
export type {
  ChatAnswer,
  ChatArguments,
  ChatAudio,
  ChatEvent,
  ChatFinishReason,
  ChatToolCall,
  ChatUsage,
} from './chat/chat-events.ts';
export type {
  ChatAssistantMessage,
  ChatCallRecord,
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatPart,
  ChatSpeechTokens,
  ChatSystemMessage,
  ChatTool,
  ChatToolMessage,
  ChatUserMessage,
} from './chat/chat-options.ts';
export type { ChatStream } from './chat/chat-stream.ts';
export { DEFAULT_CHAT_MODEL, DEFAULT_SPEAKING_MODEL } from './chat/wire-request.ts';
export { StepAudio, createConnection } from './client.ts';
export type { StepAudioOptions } from './client.ts';
export {
  AuthenticationError,
  CapabilityError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  ServiceError,
  StepAudioError,
  TimeoutError,
  ValidationError,
} from './errors.ts';
export type { StepAudioErrorOptions, TimeoutPhase } from './errors.ts';
export { Files } from './files/files.ts';
export type { FileUploadOptions, StoredFile } from './files/files.ts';
export { sniffMediaType } from './files/media-type.ts';
export { Models } from './models/models.ts';
export type { Model } from './models/models.ts';
export type { Plan, Region } from './net/base-url.ts';
export type { ByteSource } from './net/byte-source.ts';
export { systemClock } from './net/clock.ts';
export type { Clock } from './net/clock.ts';
export type { Connection, ConnectionOptions } from './net/connection.ts';
export type { Fetch, FetchAnswer, FetchInit } from './net/fetch-transport.ts';
export { createLimiter } from './net/limiter.ts';
export type { Limiter, LimiterOptions, LimiterSlot, SlotOutcome } from './net/limiter.ts';
export type { RetryOptions } from './net/retry.ts';
export { createPlatformRuntime } from './net/runtime.ts';
export type { Runtime } from './net/runtime.ts';
export type { Timeouts } from './net/timeouts.ts';
export { SocketRefusal } from './net/web-socket.ts';
export type { OpenSocket, SocketOpening, WebSocketLike } from './net/web-socket.ts';
export type {
  HttpCall,
  HttpHandler,
  HttpHead,
  HttpRequest,
  HttpTransport,
} from './net/http-transport.ts';
export type {
  Emotion,
  FilePurpose,
  LabelLanguage,
  SpeechFormat,
  SpeechSampleRate,
  SpeechSocketFormat,
  Style,
  VoiceScene,
} from './protocol/index.ts';
export type {
  RealtimeAudioEvent,
  RealtimeEvent,
  RealtimeItem,
  RealtimeLatency,
  RealtimeMetrics,
  RealtimeResponse,
  RealtimeResponseStatus,
  RealtimeRole,
  RealtimeSessionState,
  RealtimeTextDelta,
  RealtimeToolCallEvent,
  RealtimeToolResultEvent,
  RealtimeTurnDetection,
  RealtimeUsage,
} from './realtime/realtime-events.ts';
export { DEFAULT_REALTIME_MODEL, realtimeTool } from './realtime/realtime-options.ts';
export type {
  RealtimeConnectOptions,
  RealtimeHistoryEntry,
  RealtimeModel,
  RealtimeRespondOptions,
  RealtimeSayOptions,
  RealtimeServiceTool,
  RealtimeSessionOptions,
  RealtimeTool,
  RealtimeToolContext,
} from './realtime/realtime-options.ts';
export type { RealtimeSession } from './realtime/realtime-session.ts';
export { Realtime } from './realtime/realtime.ts';
export type { JsonSchema, StandardSchema } from './realtime/tool-schema.ts';
export type { AudioIterator } from './speech/audio-iterator.ts';
export type {
  SpeechAudioEvent,
  SpeechClipEvent,
  SpeechEvent,
  SpeechFile,
  SpeechFlushedEvent,
  SpeechSentenceEvent,
  SpeechSocketEvent,
  SpeechSubtitleEvent,
  SpeechUnknownEvent,
  Subtitle,
  SubtitleWord,
} from './speech/speech-events.ts';
export type { SpeechLink } from './speech/speech-link.ts';
export type {
  SpeechConnectOptions,
  SpeechCreateOptions,
  SpeechLabel,
  SpeechModel,
  SpeechStreamOptions,
  SpeechVoiceOptions,
} from './speech/speech-options.ts';
export type { SpeechSocket } from './speech/speech-socket.ts';
export type { SpeechStream } from './speech/speech-stream.ts';
export { DEFAULT_SAMPLE_RATE, DEFAULT_SPEECH_MODEL } from './speech/wire-mapping.ts';
export { Speech } from './speech/speech.ts';
export type {
  FileTranscript,
  FileTranscriptChannel,
  FileUtterance,
  TranscriptionCreateOptions,
  TranscriptionJob,
  TranscriptionSubmitOptions,
  TranscriptionWaitOptions,
} from './transcription/file-options.ts';
export type { Transcript, TranscriptSegment } from './transcription/transcript.ts';
export type {
  TranscribedWord,
  TranscriptionCorrectionEvent,
  TranscriptionEvent,
  TranscriptionFailedEvent,
  TranscriptionFinalEvent,
  TranscriptionPartialEvent,
  TranscriptionProgressEvent,
  TranscriptionSpeechEvent,
  TranscriptionUnknownEvent,
  TranscriptionUsage,
} from './transcription/transcription-event.ts';
export type {
  TranscriptionConnectOptions,
  TranscriptionInput,
  TranscriptionModel,
  TranscriptionSocketModel,
  TranscriptionStreamOptions,
  TurnDetection,
} from './transcription/transcription-options.ts';
export type { TranscriptionSocket } from './transcription/transcription-socket.ts';
export type { TranscriptionStream } from './transcription/transcription-stream.ts';
export { Transcription } from './transcription/transcription.ts';
export {
  DEFAULT_TRANSCRIPTION_MODEL,
  DEFAULT_TRANSCRIPTION_SOCKET_MODEL,
} from './transcription/wire-mapping.ts';
export type { ClipCheck, ClipReport, CloneWarning } from './voices/clip-check.ts';
export { tableVoices } from './voices/system-voices.ts';
export { DEFAULT_CLONE_MODEL } from './voices/voice-options.ts';
export type { ClonedVoiceIterator, ClonedVoicePage } from './voices/cloned-voice-iterator.ts';
export type { VoiceClone } from './voices/voice-clone.ts';
export type {
  CloneIterationOptions,
  CloneListOptions,
  CloneModel,
  VoiceCheckOptions,
  VoiceCloneOptions,
  VoiceConsent,
  VoiceListOptions,
  VoicePreviewOptions,
} from './voices/voice-options.ts';
export type { ClonedVoice, SystemVoice, Voice, VoiceMatch } from './voices/voice.ts';
export type { VoicePreview } from './voices/voice-preview.ts';
export { Voices } from './voices/voices.ts';
