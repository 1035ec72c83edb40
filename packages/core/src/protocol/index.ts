export { CENSORSHIP_BLOCK, readErrorBody } from './error-body.ts';
export type { ServiceErrorBody } from './error-body.ts';
export { EMOTIONS, LANGUAGES, STYLES, fromWireLabel, toWireLabel } from './labels.ts';
export type { Emotion, LabelLanguage, Style } from './labels.ts';
export { WireModelList, WireSystemVoices } from './lists.ts';
export {
  MODELS,
  SPEECH_FORMATS,
  SPEECH_SAMPLE_RATES,
  SPEECH_SOCKET_FORMATS,
  SPEECH_TEXT_LIMIT,
  SPEED_RANGE,
  VOLUME_RANGE,
  findModel,
  modelsServing,
} from './models.ts';
export type {
  ChatCapabilities,
  Endpoint,
  ModelCapabilities,
  ModelKind,
  RealtimeCapabilities,
  SpeechCapabilities,
  SpeechFormat,
  SpeechSampleRate,
  SpeechSocketFormat,
  TranscriptionCapabilities,
} from './models.ts';
export type { UnknownMessage } from './received.ts';
export {
  SSE_DONE,
  WireResponseSubtitle,
  WireSpeechAudioDelta,
  WireSpeechAudioDone,
  WireSpeechAudioError,
  readSpeechEvent,
} from './speech-events.ts';
export type { WireSpeechEvent } from './speech-events.ts';
export {
  WirePronunciationMap,
  WireSpeechRequest,
  WireSpeechUrl,
  WireVoiceLabel,
} from './speech-request.ts';
export {
  characterCount,
  findSpeechRequestIssues,
  findSpeechSessionIssues,
  findTextIssue,
} from './speech-rules.ts';
export type { Issue, TextFault } from './speech-rules.ts';
export {
  WireSpeechSession,
  WireTtsAudioDelta,
  WireTtsAudioDone,
  WireTtsConnectionDone,
  WireTtsCreate,
  WireTtsError,
  WireTtsResponseCreated,
  WireTtsSentenceEnd,
  WireTtsSentenceStart,
  WireTtsSubtitle,
  WireTtsTextDelta,
  WireTtsTextDone,
  WireTtsTextFlush,
  WireTtsTextFlushed,
  readSpeechClientEvent,
  readSpeechSocketEvent,
} from './speech-socket.ts';
export type { WireSpeechClientEvent, WireSpeechSocketEvent } from './speech-socket.ts';
export { WireSubtitle, WireSubtitleItem } from './subtitle.ts';
export { EXTRA_SYSTEM_VOICES, VOICES, findVoice, isClonedVoiceId } from './voices.ts';
export type { OfficialVoice, VoiceScene } from './voices.ts';
