export { codecDelay, type CodecDelay } from './codec-delay.ts';
export { createEncoder } from './create-encoder.ts';
export { encodeWhole } from './encode-whole.ts';
export type { Encoder, EncoderOptions } from './encoder.ts';
