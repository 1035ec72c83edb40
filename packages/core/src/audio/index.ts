export { decodeBase64, encodeBase64 } from './base64.ts';
export {
  containerMediaType,
  containerOfMediaType,
  sniffContainer,
  type AudioContainer,
} from './container.ts';
export { Framer } from './framer.ts';
export type {
  AudioClip,
  AudioOutput,
  AudioOutputEvent,
  AudioOutputTraits,
  AudioPiece,
} from './output/audio-output.ts';
export { peakDbfs, rmsDbfs } from './level.ts';
export {
  PcmReader,
  concatSamples,
  decodePcm16,
  durationSeconds,
  encodePcm16,
  fromFloat32,
  toFloat32,
  type Pcm,
} from './pcm.ts';
export { FloatResampler, Resampler, resample, type ResamplerOptions } from './resampler.ts';
export { inspectClip, type ClipInspection } from './vad/clip-inspection.ts';
export { EnergyDetector, type EnergyDetectorOptions } from './vad/energy-detector.ts';
export { SilenceCutter, type SilenceCutterOptions, type SoundPiece } from './vad/silence-cutter.ts';
export { SpectralDetector } from './vad/spectral-detector.ts';
export {
  SpeechDetector,
  type SpeechActivity,
  type SpeechDetectorOptions,
} from './vad/speech-detector.ts';
export type { VoiceActivity, VoiceActivityDetector } from './vad/voice-activity-detector.ts';
export type { WavFormat } from './wav-format.ts';
export { WavReader, readWav, type WavFile } from './wav-reader.ts';
export { wavHeader, writeWav } from './wav-writer.ts';
