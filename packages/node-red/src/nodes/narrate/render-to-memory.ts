import { asBuffer } from '../../kit/buffers.ts';
import { loadNarration } from '../../kit/core.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import { MAX_CLIP_BYTES, serveClip } from '../../kit/served-clips.ts';
import type { Reading } from './narrate-node.ts';
import { renderReading } from './render-reading.ts';

/** A message with more would stand in the way of everything else. */
const MAX_WHOLE_BYTES = 128 * 1024 * 1024;

/** Sends the whole sound, or the address it is served at. */
export async function renderToMemory(reading: Reading): Promise<void> {
  const { host, job, settings } = reading;
  const { subtitles, format, output, expiresAfterMinutes, publicURL } = settings;
  const { MemoryRenderFile } = await loadNarration();
  const isServed = output === 'url';
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
  const sent: FlowMessage = { ...fields, payload: bytes };
  if (isServed) {
    const mediaType = format === 'mp3' ? 'audio/mpeg' : 'audio/wav';
    const clip = { bytes, mediaType, extension: format };
    const expiresAfterMs = expiresAfterMinutes * 60_000;
    const served = serveClip(host.RED, clip, { expiresAfterMs, publicURL, clock: host.clock });
    sent.payload = served.url;
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

function soundTooLarge(maxBytes: number): LocalizedError {
  return new LocalizedError(
    'sound_too_large',
    {
      en: `The sound would have more than ${maxBytes} bytes. Choose MP3, a file or sentence by sentence, or send a shorter text.`,
      zh: `音频将超过 ${maxBytes} 字节。请选择 MP3、文件或逐句输出，或缩短文本。`,
    },
    { badge: 'badInput' },
  );
}
