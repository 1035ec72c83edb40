import { ASR_RATE } from '../protocol-client.ts';
import type { ProtocolClient } from '../protocol-client.ts';

/** Processor time for sending so many minutes of sound, after a first short one. */
export async function measureUpload(
  client: ProtocolClient,
  { transport, minutes }: { transport: 'events' | 'socket'; minutes: number },
): Promise<{ cpuMs: number }> {
  const transcribe = (samples: Int16Array): Promise<string> =>
    transport === 'events' ? client.transcribe(samples) : client.transcribeOverSocket(samples);
  await transcribe(speechLike(1));
  const samples = speechLike(minutes * 60);
  const before = process.cpuUsage();
  const text = await transcribe(samples);
  const { user, system } = process.cpuUsage(before);
  // The service answers with how many characters of base64 came.
  const least = (samples.byteLength / 3) * 4;
  if (!(Number(text) >= least)) {
    throw new Error(`${text} characters of sound arrived, not ${least}`);
  }
  return { cpuMs: (user + system) / 1000 };
}

/** A tone with syllables and pauses, at 16 kHz. */
function speechLike(seconds: number): Int16Array {
  const samples = new Int16Array(seconds * ASR_RATE);
  for (let index = 0; index < samples.length; index += 1) {
    const time = index / ASR_RATE;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2 * time));
    samples[index] = Math.round(9000 * syllable * Math.sin(2 * Math.PI * 160 * time));
  }
  return samples;
}
