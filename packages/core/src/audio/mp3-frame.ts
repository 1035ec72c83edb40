/** Kilobits a second by the header's index, for MPEG-1 and for MPEG-2 and 2.5 (ISO/IEC 11172-3 and 13818-3, layer III). */
const mpeg1Bitrates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const mpeg2Bitrates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const mpeg1SampleRates = [44_100, 48_000, 32_000];

export type Mp3Frame = {
  /** Length of the frame with its header. */
  bytes: number;
  /** In each channel. */
  samples: number;
  sampleRate: number;
  channels: number;
};

/** The layer III frame whose header stands at `offset`; `undefined` where no valid one does. */
export function readMp3Frame(bytes: Uint8Array, offset: number): Mp3Frame | undefined {
  if (bytes.length < offset + 4) return undefined;
  const second = bytes[offset + 1]!;
  const third = bytes[offset + 2]!;
  if (bytes[offset] !== 0xff || second >> 5 !== 0b111) return undefined;
  const version = (second >> 3) & 3;
  const isLayer3 = ((second >> 1) & 3) === 1;
  const isVersion1 = version === 3;
  const bitrate = (isVersion1 ? mpeg1Bitrates : mpeg2Bitrates)[third >> 4];
  const baseRate = mpeg1SampleRates[(third >> 2) & 3];
  const isEmphasisReserved = (bytes[offset + 3]! & 3) === 2;
  // Index 0 means a bit rate of the encoder's own, for which no length can be told; nobody sends it.
  if (version === 1 || !isLayer3 || !bitrate || !baseRate || isEmphasisReserved) return undefined;
  const sampleRate = isVersion1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
  const samples = isVersion1 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  const channels = bytes[offset + 3]! >> 6 === 3 ? 1 : 2;
  const length = Math.floor((samples * 125 * bitrate) / sampleRate) + padding;
  return { bytes: length, samples, sampleRate, channels };
}
