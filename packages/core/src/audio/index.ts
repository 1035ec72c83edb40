export { decodeBase64, encodeBase64 } from './base64.ts';
export {
  containerMediaType,
  containerOfMediaType,
  sniffContainer,
  type AudioContainer,
} from './container.ts';
export { createDurationScanner, type DurationScanner } from './duration/duration-scanner.ts';
export { crossfade, fadeIn, fadeOut, type FadeCurve, type FadeOptions } from './fade.ts';
export { findPause } from './find-pause.ts';
export { Framer } from './framer.ts';
export { applyGain } from './gain.ts';
export type {
  AudioClip,
  AudioOutput,
  AudioOutputEvent,
  AudioOutputTraits,
  AudioPiece,
} from './output/audio-output.ts';
export { CollectOutput, type CollectOutputOptions } from './output/collect-output.ts';
export { toOutputPort, type MessagePortLike, type OutputPort } from './output/output-port.ts';
export { connectOutput, type ConnectOutputOptions } from './output/port-output.ts';
export { PullOutput, type PullOutputOptions } from './output/pull-output.ts';
export { serveOutput, type ServeOutputOptions } from './output/serve-output.ts';
export { peakDbfs, rmsDbfs } from './level.ts';
export {
  LoudnessMeter,
  measureLoudness,
  type Loudness,
  type LoudnessOptions,
} from './loudness/loudness-meter.ts';
export {
  loudnessGainDb,
  normalizeLoudness,
  type NormalizeLoudnessOptions,
} from './loudness/normalize-loudness.ts';
export { mix, type MixPart } from './mix.ts';
export { id3Tag, type Id3Chapter, type Id3TagOptions } from './mp3/id3-tag.ts';
export { Mp3FrameReader, type Mp3SoundFrame } from './mp3/mp3-frame-reader.ts';
export {
  infoFrame,
  type InfoFrameOptions,
  type Mp3Info,
  type Mp3SeekPoint,
} from './mp3/mp3-info-frame.ts';
export { Mp3Joiner, type JoinedMp3, type Mp3JoinerState } from './mp3/mp3-joiner.ts';
export { silentFrame } from './mp3/silent-frame.ts';
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
export {
  TimeStretcher,
  stretch,
  type TimeStretcherOptions,
} from './time-stretch/time-stretcher.ts';
export {
  SoundFinder,
  findSound,
  trimSilence,
  type FindSoundOptions,
  type SoundRange,
  type TrimmedSound,
} from './trim-silence.ts';
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
export {
  UtteranceCutter,
  type UtteranceCutterOptions,
  type UtteranceEvent,
} from './vad/utterance-cutter.ts';
export { createWavSampleDecoder, type WavFormat, type WavSampleDecoder } from './wav-format.ts';
export { WavReader, readWav, type WavFile } from './wav-reader.ts';
export {
  LARGE_WAV_HEADER_BYTES,
  wavHeader,
  writeWav,
  type WavHeaderOptions,
} from './wav-writer.ts';
