export type { NarrationCast, NarrationVoice } from './narration-voice.ts';
export type { SpeechCache } from './speech-cache.ts';
export type { SpeechUnit, SpokenPlace, TimedWord, TimingSource } from './speech-unit.ts';
export type { Utterance } from './utterance.ts';
