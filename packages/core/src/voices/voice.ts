import type { VoiceScene } from '../protocol/voices.ts';

/** A voice that the service has for everybody. */
export type SystemVoice = {
  kind: 'system';
  id: string;
  /** English; the id where the service names it in Chinese only, or not at all. */
  name: string;
  nameZh: string | undefined;
  gender: 'female' | 'male' | undefined;
  language: 'en' | 'zh' | undefined;
  /** Speech models known to speak it. Models without a published list, such as `stepaudio-3-tts`, are not named. */
  models: readonly string[];
  scenes: readonly VoiceScene[];
  /** In the service's words, which are Chinese at both hosts. */
  description: string | undefined;
  /** Whether the service has just listed it, or only the table of this library knows it. */
  source: 'service' | 'table';
};

/** A voice that was cloned by the account. The service does not say with which model. */
export type ClonedVoice = {
  kind: 'clone';
  id: string;
  /** The reference it was made from, which may have been deleted since. */
  fileId: string | undefined;
  createdAt: Date | undefined;
};

export type Voice = SystemVoice | ClonedVoice;

/** What `voices.find()` answers. */
export type VoiceMatch = {
  /** The voice of exactly that id or name. */
  voice: Voice | undefined;
  /** Up to five that may have been meant, the likeliest first; empty where `voice` is there. */
  suggestions: readonly Voice[];
};
