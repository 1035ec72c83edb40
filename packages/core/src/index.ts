export { StepAudio, createConnection } from './client.ts';
export type { StepAudioOptions } from './client.ts';
export {
  AuthenticationError,
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
export type { Plan, Region } from './net/base-url.ts';
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
  LabelLanguage,
  SpeechFormat,
  SpeechSampleRate,
  SpeechSocketFormat,
  Style,
} from './protocol/index.ts';
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
