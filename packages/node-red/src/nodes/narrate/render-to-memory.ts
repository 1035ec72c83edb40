import { fileTypeOf } from '../../kit/audio-facts.ts';
import { asBuffer } from '../../kit/buffers.ts';
import { loadNarration } from '../../kit/core.ts';
import { MAX_WHOLE_BYTES, soundTooLarge } from '../../kit/sound-limit.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { MAX_CLIP_BYTES, checkServing, serveClip } from '../../kit/served-clips.ts';
import { soundAmongOthers } from '../../kit/stream-place.ts';
import type { Reading } from './narrate-node.ts';
import { renderReading } from './render-reading.ts';

/** Sends the whole sound, or the address it is served at. */
export async function renderToMemory(reading: Reading): Promise<void> {
  const { host, job, settings } = reading;
  const { subtitles, format, output, expiresAfterMinutes, publicURL } = settings;
  const { MemoryRenderFile } = await loadNarration();
  const isServed = output === 'url';
  if (isServed) checkServing(host.RED, publicURL);
  const maxBytes = isServed ? MAX_CLIP_BYTES : MAX_WHOLE_BYTES;
  const sound = new MemoryRenderFile();
  const files = {
    sound,
    srt: subtitles === 'srt' || subtitles === 'all' ? new MemoryRenderFile() : undefined,
    vtt: subtitles === 'vtt' || subtitles === 'all' ? new MemoryRenderFile() : undefined,
    words: subtitles === 'all' ? new MemoryRenderFile() : undefined,
  };
  const fields = await renderReading(reading, {
    files,
    format,
    check: (expectedBytes) => {
      if (Math.max(expectedBytes, sound.bytes.byteLength) > maxBytes) throw soundTooLarge(maxBytes);
    },
  });
  // Rendering has ended: the memory is nobody else's.
  const bytes = asBuffer(sound.bytes) as Buffer;
  const sent: FlowMessage = {
    ...fields,
    payload: bytes,
    parts: soundAmongOthers(job.message.parts),
  };
  if (isServed) {
    const clip = { bytes, ...fileTypeOf(format) };
    const expiresAfterMs = expiresAfterMinutes * 60_000;
    const served = serveClip(host.RED, clip, { expiresAfterMs, publicURL, clock: host.clock });
    sent.payload = served.url;
    sent.parts = job.message.parts;
    const expiresAt = new Date(served.expiresAt).toISOString();
    sent.stepvoice = { ...fields.stepvoice, expiresAt };
  }
  const texts = Object.entries({ srt: files.srt, vtt: files.vtt, words: files.words }).flatMap(
    ([name, file]) => {
      if (file === undefined) return [];
      const text = new TextDecoder().decode(file.bytes);
      return [[name, name === 'words' ? (JSON.parse(text) as unknown) : text] as const];
    },
  );
  if (texts.length > 0) sent['subtitles'] = Object.fromEntries(texts);
  job.send(0, sent);
}
