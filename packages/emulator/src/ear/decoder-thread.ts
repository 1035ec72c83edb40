import { parentPort, workerData } from 'node:worker_threads';
import { decodeTask } from './decode-task.ts';
import type { DecoderAnswer, DecoderTask } from './decoder-messages.ts';

async function main(): Promise<void> {
  let answer: DecoderAnswer;
  try {
    answer = await decodeTask(workerData as DecoderTask);
  } catch {
    // The decoders throw for what they cannot make sense of, and say nothing that would help.
    answer = { type: 'invalid' };
  }
  const buffers =
    answer.type === 'sound' ? answer.channels.map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort?.postMessage(answer, buffers);
}

void main();
