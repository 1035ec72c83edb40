import { encodePcm16 } from '../../audio/pcm.ts';
import { writeWav } from '../../audio/wav-writer.ts';

/** Sound in a format of the service. Compressed files are silent: they have the right length, for who only measures it. */
export function encodeSound(samples: Int16Array, sampleRate: number, format: string): Uint8Array {
  const seconds = samples.length / sampleRate;
  if (format === 'pcm') return encodePcm16(samples);
  if (format === 'mp3') return silentMp3(seconds);
  if (format === 'opus') return silentOpus(seconds);
  return writeWav({ samples, sampleRate });
}

/** Frames of MPEG-2 layer III, 24 kHz, 64 kbit/s, mono. */
function silentMp3(seconds: number): Uint8Array {
  const frameBytes = 192;
  const frames = Math.max(1, Math.round((seconds * 24_000) / 576));
  const file = new Uint8Array(frames * frameBytes);
  for (let frame = 0; frame < frames; frame += 1) {
    file.set([0xff, 0xf3, 0x84, 0xc4], frame * frameBytes);
  }
  return file;
}

const PRE_SKIP = 312;

/** The first and the last page of an Ogg Opus file (RFC 7845), which tell its length. */
function silentOpus(seconds: number): Uint8Array {
  const head = new Uint8Array(19);
  head.set(new TextEncoder().encode('OpusHead'));
  head.set([1, 1, PRE_SKIP & 0xff, PRE_SKIP >> 8], 8);
  const pages = [
    oggPage(2, 0, head),
    oggPage(4, Math.round(seconds * 48_000) + PRE_SKIP, new Uint8Array(1)),
  ];
  const file = new Uint8Array(pages[0]!.length + pages[1]!.length);
  file.set(pages[0]!);
  file.set(pages[1]!, pages[0]!.length);
  return file;
}

function oggPage(flags: number, granule: number, body: Uint8Array): Uint8Array {
  const page = new Uint8Array(28 + body.length);
  page.set(new TextEncoder().encode('OggS'));
  const view = new DataView(page.buffer);
  view.setUint8(5, flags);
  view.setUint32(6, granule, true);
  view.setUint32(14, 7, true);
  page.set([1, body.length], 26);
  page.set(body, 28);
  return page;
}
