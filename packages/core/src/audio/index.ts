export { decodeBase64, encodeBase64 } from './base64.ts';
export {
  containerMediaType,
  containerOfMediaType,
  sniffContainer,
  type AudioContainer,
} from './container.ts';
export { Framer } from './framer.ts';
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
export type { WavFormat } from './wav-format.ts';
export { WavReader, readWav, type WavFile } from './wav-reader.ts';
export { wavHeader, writeWav } from './wav-writer.ts';
