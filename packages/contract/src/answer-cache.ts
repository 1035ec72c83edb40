import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SpeechCache } from '@stepvoice/core/narration';

type Place = { readonly file: string; readonly start: number; readonly length: number };

/**
 * A store that takes all sentences of an answer at once, or none of them: whoever is killed asks for the same sentences
 * again that somebody else asks for who is not, and is answered the same.
 *
 * @param onStored told when an answer would survive.
 */
export function createAnswerCache(folder: string, onStored: () => void): SpeechCache {
  mkdirSync(folder, { recursive: true });
  const places = new Map<string, Place>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    readIndex(folder, name, places);
  }
  let files = places.size;
  let waiting: { key: string; value: Uint8Array; resolve: () => void }[] = [];

  const store = (): void => {
    const entries = waiting;
    waiting = [];
    const stem = join(folder, `${process.pid}-${(files += 1)}`);
    let start = 0;
    const index = entries.map(({ key, value }) => {
      const place = { file: `${stem}.bin`, start, length: value.length };
      start += value.length;
      return [key, place] as const;
    });
    const whole = new Uint8Array(start);
    for (const [at, [, place]] of index.entries()) whole.set(entries[at]!.value, place.start);
    writeFileSync(`${stem}.bin`, whole);
    writeFileSync(`${stem}.part`, JSON.stringify(index));
    renameSync(`${stem}.part`, `${stem}.json`);
    for (const [key, place] of index) places.set(key, place);
    onStored();
    for (const { resolve } of entries) resolve();
  };

  return {
    has: async (key) => places.has(key),
    async get(key) {
      const place = places.get(key);
      return place && readPlace(place);
    },
    set(key, value) {
      return new Promise((resolve) => {
        if (waiting.length === 0) setImmediate(store);
        waiting.push({ key, value, resolve });
      });
    },
  };
}

function readPlace({ file, start, length }: Place): Uint8Array {
  const handle = openSync(file, 'r');
  const bytes = new Uint8Array(Math.min(length, statSync(file).size - start));
  readSync(handle, bytes, 0, bytes.length, start);
  closeSync(handle);
  return bytes;
}

function readIndex(folder: string, name: string, places: Map<string, Place>): void {
  const file = join(folder, name);
  const bytes = readPlace({ file, start: 0, length: statSync(file).size });
  const index = JSON.parse(new TextDecoder().decode(bytes)) as [string, Place][];
  for (const [key, place] of index) places.set(key, place);
}
