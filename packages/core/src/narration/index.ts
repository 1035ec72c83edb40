export type { NarrationCast, NarrationVoice } from './narration-voice.ts';
export type { SpeechCache } from './speech-cache.ts';
export type { SpeechUnit, SpokenPlace, TimedWord, TimingSource } from './speech-unit.ts';
export type { Utterance } from './utterance.ts';
export { createMemoryCache, type MemoryCacheOptions } from './memory-cache.ts';
export { SPEECH_PRICES, billedUnits, priceOf, type Money, type SpeechPrices } from './prices.ts';
export type { CreateMp3Encoder, Mp3Encoder, Mp3EncoderOptions } from './render/mp3-encoder.ts';
export { MemoryRenderFile } from './render/memory-render-file.ts';
export type { RenderFile, RenderFiles } from './render/render-file.ts';
export { Narration, narrate, type NarrationMetrics } from './narration.ts';
export type { NarrationEvents, NarrationProgress } from './narration-events.ts';
export type { NarrationOptions } from './narration-options.ts';
export type { NarrationPosition, PositionContext, SavedPosition } from './narration-position.ts';
export type { NarrationState } from './player/player-state.ts';
export type { SkipUnit } from './skip-target.ts';
export {
  estimateNarration,
  type EstimateOptions,
  type NarrationEstimate,
  type RenderChapter,
  type RenderSource,
} from './render/narration-survey.ts';
export {
  estimateUnpaid,
  type PaidEstimate,
  type PaidEstimateOptions,
} from './render/paid-estimate.ts';
export { renderNarration } from './render/render-narration.ts';
export type {
  RenderOptions,
  RenderProgress,
  RenderReport,
  RenderSkip,
} from './render/render-options.ts';
export {
  streamNarration,
  type NarratedSentence,
  type StreamNarrationOptions,
} from './render/stream-narration.ts';
export type { NarrationTranscript, TranscriptSentence } from './render/subtitle-writer.ts';
export { NarrationPlan } from './plan.ts';
export type { PlanEdit, PlanHeading, PlanOptions, SourceChange } from './plan.ts';
export { DEFAULT_PAUSES, type Pauses } from './pauses.ts';
