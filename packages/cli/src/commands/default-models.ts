// The client's own defaults, which would have to be loaded with the whole of it before a command runs; a test compares.

/** Served at both hosts and under both plans. */
export const DEFAULT_TRANSCRIPTION_MODEL = 'stepaudio-2.5-asr';
export const DEFAULT_LIVE_MODEL = 'stepaudio-2.5-asr-stream';
export const DEFAULT_TALK_MODEL = 'stepaudio-2.5-realtime';
/** Answers in text. */
export const DEFAULT_CHAT_MODEL = 'stepaudio-2.5-chat';
/** Answers in speech. */
export const DEFAULT_SPEAKING_MODEL = 'step-audio-2';
export const DEFAULT_CLONE_MODEL = 'stepaudio-2.5-tts';
