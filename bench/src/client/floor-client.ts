import { JSON_HEADERS, speechBody } from './speech-client.ts';
import type { OpenSpeechClient } from './speech-client.ts';

const AUDIO = Buffer.from('"audio":"');
const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** `node:http`, a scan over the bytes and no JSON tree: nothing that is written for users can be cheaper. */
export const openFloorClient: OpenSpeechClient = async (baseUrl) => {
  const { Agent, request } = await import('node:http');
  const agent = new Agent({ keepAlive: true });
  return {
    speak: (options, onAudio) =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify(speechBody(options));
        const { signal } = options;
        const call = request(`${baseUrl}/audio/speech`, {
          method: 'POST',
          agent,
          headers: { ...JSON_HEADERS, 'content-length': Buffer.byteLength(body) },
          ...(signal === undefined ? {} : { signal }),
        });
        call.once('error', reject);
        call.once('response', (response) => {
          const give = (audio: Uint8Array): void => {
            const held = onAudio(audio);
            if (held === undefined) return;
            response.pause();
            held.then(() => response.resume(), reject);
          };
          response.on('data', options.transport === 'events' ? lineScanner(give) : give);
          response.once('end', resolve);
          response.once('error', reject);
        });
        call.end(body);
      }),
  };
};

function lineScanner(onAudio: (audio: Uint8Array) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) {
        if (start < chunk.length) parts.push(chunk.subarray(start));
        return;
      }
      let line = chunk.subarray(start, end);
      if (parts.length > 0) {
        line = Buffer.concat([...parts, line]);
        parts = [];
      }
      start = end + 1;
      const from = line.indexOf(AUDIO);
      if (from === -1) continue;
      const first = from + AUDIO.length;
      const last = line.indexOf(QUOTE, first);
      if (last > first) onAudio(Buffer.from(line.toString('latin1', first, last), 'base64'));
    }
  };
}
