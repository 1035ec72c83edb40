import { setImmediate } from 'node:timers/promises';
import type { Pcm } from '@stepvoice/core/audio';
import type { Ear, Heard, ListenOptions } from './ear.ts';

/** Has an ear listen to a whole sound; others get their turn after each second of it. */
export async function hearPcm(
  ear: Ear,
  { samples, sampleRate }: Pcm,
  options: Omit<ListenOptions, 'sampleRate'>,
): Promise<Heard> {
  const hearing = ear.listen({ ...options, sampleRate });
  try {
    for (let offset = 0; offset < samples.length; offset += sampleRate) {
      hearing.push(samples.subarray(offset, offset + sampleRate));
      await setImmediate();
      options.signal.throwIfAborted();
    }
    return await hearing.end();
  } finally {
    hearing.free();
  }
}
