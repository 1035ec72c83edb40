export {
  WireChatAnswer,
  WireChatCall,
  WireChatDelta,
  WireChatUsage,
  readChatAnswer,
} from './chat-answer.ts';
export {
  WireChatMessage,
  WireChatPart,
  WireChatRequest,
  WireChatRequestCall,
  WireChatTool,
  WireChatToolChoice,
  WireSpeechTokens,
} from './chat-request.ts';
export {
  CHAT_AUDIO_LIMIT,
  CHAT_SEGMENT_LIMIT,
  CHAT_SEGMENT_SECONDS,
  FREQUENCY_PENALTY_RANGE,
  TEMPERATURE_RANGE,
  TOP_P_RANGE,
  findChatRequestIssues,
} from './chat-rules.ts';
export type { ChatSound } from './chat-rules.ts';
export { CENSORSHIP_BLOCK, readErrorBody } from './error-body.ts';
export type { ServiceErrorBody } from './error-body.ts';
export { EMOTIONS, LANGUAGES, STYLES, fromWireLabel, toWireLabel } from './labels.ts';
export type { Emotion, LabelLanguage, Style } from './labels.ts';
export { WireFile, WireFileDeletion, WireFileList } from './files.ts';
export {
  FILE_PURPOSES,
  MOST_FILES,
  fileLimitBytes,
  findFileIdIssue,
  findFileIssues,
  findPurposeIssue,
} from './files-rules.ts';
export type { FileFacts, FilePurpose } from './files-rules.ts';
export { WireModel, WireModelList, WireSystemVoices } from './lists.ts';
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
export {
  WireRealtimeAudioAppend,
  WireRealtimeAudioClear,
  WireRealtimeAudioCommit,
  WireRealtimeItemCreate,
  WireRealtimeItemDelete,
  WireRealtimeItemTruncate,
  WireRealtimeResponseOptions,
  WireRealtimeResponseCancel,
  WireRealtimeResponseCreate,
  WireRealtimeSessionUpdate,
  readRealtimeClientEvent,
} from './realtime-client-events.ts';
export type { WireRealtimeClientEvent } from './realtime-client-events.ts';
export {
  WireRealtimeInputItem,
  WireRealtimeInputPart,
  WireRealtimeItem,
  WireRealtimePart,
} from './realtime-items.ts';
export {
  ENERGY_THRESHOLD_RANGE,
  REALTIME_APPEND_LIMIT_BYTES,
  REALTIME_SAMPLE_RATE,
  REALTIME_SESSION_LIMIT_MS,
  findAppendIssue,
  findRealtimeItemIssues,
  findRealtimeModelIssue,
  findRealtimeSessionIssues,
  findResponseCreateIssues,
} from './realtime-rules.ts';
export {
  WireRealtimeArgumentsDelta,
  WireRealtimeArgumentsDone,
  WireRealtimeAudioCleared,
  WireRealtimeAudioCommitted,
  WireRealtimeAudioDelta,
  WireRealtimeContentPartEvent,
  WireRealtimeErrorEvent,
  WireRealtimeInputTranscriptCompleted,
  WireRealtimeInputTranscriptDelta,
  WireRealtimeInputTranscriptFailed,
  WireRealtimeItemCreated,
  WireRealtimeItemDeleted,
  WireRealtimeItemTruncated,
  WireRealtimeOutputDone,
  WireRealtimeOutputItemEvent,
  WireRealtimeRateLimitsUpdated,
  WireRealtimeError,
  WireRealtimeResponse,
  WireRealtimeResponseCancelled,
  WireRealtimeResponseCreated,
  WireRealtimeResponseDone,
  WireRealtimeSessionEvent,
  WireRealtimeSpeechStarted,
  WireRealtimeSpeechStopped,
  WireRealtimeTextDelta,
  readRealtimeServerEvent,
} from './realtime-server-events.ts';
export type { WireRealtimeServerEvent } from './realtime-server-events.ts';
export {
  WireRealtimeSession,
  WireRealtimeSessionPatch,
  WireRealtimeTool,
  WireRealtimeToolOptions,
  WireRealtimeTurnDetection,
} from './realtime-session.ts';
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
export {
  WireTranscriptTextDelta,
  WireTranscriptTextDone,
  WireTranscriptionStreamError,
  readTranscriptionStreamEvent,
} from './transcription-events.ts';
export type { WireTranscriptionStreamEvent } from './transcription-events.ts';
export {
  WireTranscriptionFormat,
  WireTranscriptionMeta,
  WireTranscriptionUsage,
} from './transcription-fields.ts';
export {
  WireFileResult,
  WireFileTranscriptionRequest,
  WireFileTranscriptionState,
  WireFileTranscriptionTask,
  WireFileUtterance,
  WireUploadTranscription,
} from './transcription-file.ts';
export { WireTranscriptionRequest, WireTranscriptionSettings } from './transcription-request.ts';
export {
  TRANSCRIPTION_FILE_LIMIT,
  TRANSCRIPTION_FORMATS,
  TRANSCRIPTION_SOCKET_FORMATS,
  TRANSCRIPTION_SOCKET_RATE,
  findFileTranscriptionIssues,
  findTranscriptionRequestIssues,
  findTranscriptionSessionIssues,
  findUploadTranscriptionIssues,
} from './transcription-rules.ts';
export type { TranscriptionFormat, TranscriptionSocketFormat } from './transcription-rules.ts';
export {
  WireTranscriptionAppend,
  WireTranscriptionCommit,
  WireTranscriptionCommitted,
  WireTranscriptionCompleted,
  WireTranscriptionDelta,
  WireTranscriptionFailed,
  WireTranscriptionItemCreated,
  WireTranscriptionLegacyError,
  WireTranscriptionSession,
  WireTranscriptionSessionCreated,
  WireTranscriptionSessionUpdate,
  WireTranscriptionSessionUpdated,
  WireTranscriptionSocketError,
  WireTranscriptionSocketSettings,
  WireTranscriptionSpeechStarted,
  WireTranscriptionSpeechStopped,
  WireTranscriptionTurnDetection,
  WireTranscriptionWord,
  readTranscriptionClientEvent,
  readTranscriptionSocketEvent,
} from './transcription-socket.ts';
export type {
  WireTranscriptionClientEvent,
  WireTranscriptionSocketEvent,
} from './transcription-socket.ts';
export { EXTRA_SYSTEM_VOICES, VOICES, findVoice, isClonedVoiceId } from './voices.ts';
export type { OfficialVoice, VoiceScene } from './voices.ts';
export {
  WireClonedVoice,
  WireClonedVoiceList,
  WireVoiceClone,
  WireVoiceCloneRequest,
  WireVoicePreview,
  WireVoicePreviewRequest,
} from './voice-clone.ts';
export {
  CLONE_PAGE_RANGE,
  CLONE_SECONDS,
  findCloneIssues,
  findPreviewIssues,
} from './voice-clone-rules.ts';
