import { createParser } from 'eventsource-parser';
import { decodeBase64 } from '../../../../packages/core/src/audio/base64.ts';
import { EventStreamReader } from '../../../../packages/core/src/net/event-stream.ts';
import { readAudioDelta } from '../../../../packages/core/src/speech/audio-delta.ts';
import { BYTES_PER_SECOND } from '../../service/answer.ts';
import type { Figures } from '../../harness/row.ts';
import type { AudioTaskOf } from '../audio-task.ts';
import { bestTime, noiseBytes } from '../best-time.ts';

/** Reads a whole answer in pieces; gives how many bytes of audio it held. */
type Reader = (reads: readonly Uint8Array[]) => number;

const AUDIO = Buffer.from('"audio":"');
const QUOTE = 0x22;
const LINE_FEED = 0x0a;

const READERS: Readonly<Record<string, Reader>> = {
  ours(reads) {
    let length = 0;
    const reader = new EventStreamReader((data) => {
      if (data === '[DONE]') return;
      const delta = readAudioDelta(JSON.parse(data), 'speech.audio.delta');
      if (delta !== undefined) length += decodeBase64(delta.audio).length;
    });
    for (const read of reads) reader.feed(read);
    reader.end();
    return length;
  },

  'eventsource-parser'(reads) {
    let length = 0;
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return;
        const event = JSON.parse(data) as { audio: string };
        length += Buffer.from(event.audio, 'base64').length;
      },
    });
    const decoder = new TextDecoder();
    for (const read of reads) parser.feed(decoder.decode(read, { stream: true }));
    return length;
  },

  /** Knows where in a line the audio is and builds no tree: the floor. */
  'byte scan'(reads) {
    let length = 0;
    let parts: Buffer[] = [];
    for (const read of reads) {
      const chunk = Buffer.from(read.buffer, read.byteOffset, read.length);
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
        let line = chunk.subarray(start, end);
        if (parts.length > 0) {
          line = Buffer.concat([...parts, line]);
          parts = [];
        }
        start = end + 1;
        const from = line.indexOf(AUDIO) + AUDIO.length;
        if (from < AUDIO.length) continue;
        const last = line.indexOf(QUOTE, from);
        length += Buffer.from(line.toString('latin1', from, last), 'base64').length;
      }
      if (start < chunk.length) parts.push(chunk.subarray(start));
    }
    return length;
  },

  /** What is written by hand most often. */
  split(reads) {
    let length = 0;
    let rest = '';
    const decoder = new TextDecoder();
    for (const read of reads) {
      const events = (rest + decoder.decode(read, { stream: true })).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = event.slice('data: '.length);
        if (data === '[DONE]') continue;
        length += Buffer.from((JSON.parse(data) as { audio: string }).audio, 'base64').length;
      }
    }
    return length;
  },
};

/** Megabytes of audio a second out of an event stream that is in memory. */
export function measureEventParsing(task: AudioTaskOf<'eventParsing'>): Figures {
  const { contender, eventSeconds, events, readBytes } = task;
  const read = READERS[contender];
  if (read === undefined) throw new Error(`no reader ${contender}`);
  const audio = Buffer.from(noiseBytes(eventSeconds * BYTES_PER_SECOND)).toString('base64');
  const event = `data: {"type":"speech.audio.delta","audio":"${audio}","duration":${eventSeconds}}\n\n`;
  const stream = new TextEncoder().encode(`${event.repeat(events)}data: [DONE]\n\n`);
  const reads: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += readBytes) {
    reads.push(stream.slice(at, at + readBytes));
  }
  const expected = eventSeconds * BYTES_PER_SECOND * events;
  if (read(reads) !== expected) throw new Error(`${contender} lost audio`);
  return { speed: expected / 1e6 / (bestTime(() => read(reads)) / 1000) };
}
