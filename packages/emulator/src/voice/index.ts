export { DataSpeechListener, dataVoice, hearDataSpeech } from './data-speech.ts';
export type { DataSpeechEvent } from './data-speech-frames.ts';
export type { SpeechChunk, SpeechEngine, SpeechRequest, SpokenWord } from './speech-engine.ts';
export { createSpeechEngine } from './worker-speech-engine.ts';
export type { VoiceTraits } from './voice-profile.ts';
