import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { Espeak } from './espeak.ts';
import { loadJapaneseReader, type JapaneseReader } from './japanese-reading.ts';
import type { SpeechChunk } from './speech-engine.ts';
import type { FromSpeaker, ToSpeaker } from './speech-worker-messages.ts';
import { speakUtterance } from './utterance.ts';

let espeak: Promise<Espeak> | undefined;
let japanese: Promise<JapaneseReader> | undefined;
const tools = {
  espeak: () => (espeak ??= Espeak.load()),
  japanese: () => (japanese ??= loadJapaneseReader()),
};
const utterances = new Map<number, AsyncGenerator<SpeechChunk>>();
const port = parentPort!;
let dataMessages = 0;
/** Requests are served one after the other, a clause each, so that no utterance holds up the others. */
let queue = Promise.resolve();

port.on('message', (message: ToSpeaker) => {
  const { id } = message;
  switch (message.type) {
    case 'open':
      utterances.set(id, speakUtterance(message.request, tools, dataMessages++ % 256));
      break;
    case 'next':
      queue = queue.then(() => speakNext(id));
      break;
    case 'close':
      void utterances.get(id)?.return(undefined);
      utterances.delete(id);
      break;
  }
});

async function speakNext(id: number): Promise<void> {
  // Lets in what came meanwhile, such as that nobody listens any more.
  await setImmediate();
  const utterance = utterances.get(id);
  if (!utterance) return;
  try {
    const { done, value: chunk } = await utterance.next();
    if (done) {
      utterances.delete(id);
      send({ type: 'end', id });
    } else {
      send({ type: 'chunk', id, chunk });
    }
  } catch (error) {
    utterances.delete(id);
    send({ type: 'failure', id, error });
  }
}

function send(message: FromSpeaker): void {
  const samples = message.type === 'chunk' ? [message.chunk.samples.buffer as ArrayBuffer] : [];
  port.postMessage(message, samples);
}
