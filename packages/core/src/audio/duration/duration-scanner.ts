import type { AudioContainer } from '../container.ts';
import { createFlacScanner } from './flac-scanner.ts';
import { createMp3Scanner } from './mp3-scanner.ts';
import { createMp4Scanner } from './mp4-scanner.ts';
import { createOggScanner } from './ogg-scanner.ts';

/** Tells how long a compressed file lasts, from its bytes as they come and without decoding them. */
export interface DurationScanner {
  /** The file's next bytes, cut anywhere. */
  push(bytes: Uint8Array): void;
  /** Seconds of sound seen by now, or as the header says; `undefined` where the file has not told. */
  readonly seconds: number | undefined;
}

/** A scanner for a container whose length can be told cheaply; `undefined` for others. */
export function createDurationScanner(container: AudioContainer): DurationScanner | undefined {
  return SCANNERS[container]?.();
}

const SCANNERS: Partial<Readonly<Record<AudioContainer, () => DurationScanner>>> = {
  mp3: createMp3Scanner,
  flac: createFlacScanner,
  ogg: createOggScanner,
  mp4: createMp4Scanner,
};
