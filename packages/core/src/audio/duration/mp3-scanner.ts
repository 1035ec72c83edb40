import { hasText, id3TagLength, isId3Tag } from '../container.ts';
import { readMp3Frame } from '../mp3-frame.ts';
import type { DurationScanner } from './duration-scanner.ts';
import { StructureWalker } from './structure-walker.ts';

const ID3V1_BYTES = 128;

/** Adds up the frames. One that only holds the encoder's notes (Xing, Info) counts as well: 26 ms. */
export function createMp3Scanner(): DurationScanner {
  let seconds = 0;
  const walker = new StructureWalker((bytes) => {
    if (bytes.length < 10) return undefined;
    if (isId3Tag(bytes)) return id3TagLength(bytes);
    if (hasText(bytes, 0, 'TAG')) return ID3V1_BYTES;
    const frame = readMp3Frame(bytes, 0);
    // Between frames there may be anything: the next header is looked for.
    if (frame === undefined) return 1;
    seconds += frame.samples / frame.sampleRate;
    return frame.bytes;
  });
  return {
    push: (bytes) => walker.push(bytes),
    get seconds() {
      return seconds > 0 ? seconds : undefined;
    },
  };
}
