import type { RenderProgress } from '@stepvoice/core/narration';
import { loadAudio, loadNarration } from '../../kit/core.ts';
import { withFields } from '../../kit/message-fields.ts';
import type { AudioFacts } from '../../kit/node-red.ts';
import { OutgoingStream } from '../../kit/outgoing-stream.ts';
import type { Reading } from './narrate-node.ts';
import { nothingSpoken } from './nothing-spoken.ts';
import { ReadingProgress } from './reading-progress.ts';

/** Sends each sentence as it is spoken, as PCM with the pause behind it. */
export async function streamSentences(reading: Reading): Promise<void> {
  const { host, job, source, options } = reading;
  const { speech } = await reading.client();
  const { streamNarration } = await loadNarration();
  const { encodePcm16 } = await loadAudio();
  const { voice, model } = options.voice;
  const stream = new OutgoingStream(host, job, 0, 'audio');
  const progress = new ReadingProgress(reading);
  const audio: AudioFacts = { format: 'pcm', channels: 1, encoding: 's16le' };
  let last: RenderProgress | undefined;
  let bytes = 0;
  let ttfaMs: number | undefined;
  let skipped = 0;
  let sent = 0;
  let refusal: Error | undefined;
  try {
    const sentences = streamNarration(source, {
      ...options,
      ...progress.listeners,
      speech,
      signal: job.signal,
    });
    for await (const { sound, progress: done, error, ...told } of sentences) {
      const sentence = withFields({}, told);
      ttfaMs ??= Math.round(host.clock.now() - job.arrivedMs);
      const { samples, sampleRate } = sound;
      // A copy: speech that is said again comes from the same memory.
      const payload = new Uint8Array(encodePcm16(samples));
      bytes += payload.byteLength;
      audio.sampleRate = sampleRate;
      const durationMs = Math.round((samples.length / sampleRate) * 1000);
      sent += 1;
      stream.send(payload, {
        audio: { ...audio, durationMs },
        sentence,
        stepvoice: { model, voice, ttfaMs },
      });
      job.event('sentence', sentence);
      if (error !== undefined) {
        skipped += 1;
        refusal = error;
        const { chapter, utterance, source: range, startMs: atMs } = told;
        progress.tellSkipped({ chapter, utterance, range, atMs, code: error.code });
      }
      progress.tell(done);
      last = done;
    }
    if (skipped > 0 && skipped === sent) throw nothingSpoken(refusal);
  } catch (error) {
    stream.cut();
    throw error;
  }
  const totalMs = Math.round(host.clock.now() - job.arrivedMs);
  const { seconds = 0, paidCharacters = 0, requests = 0, cost } = last ?? {};
  const usage = { characters: paidCharacters, requests, ...(cost && { cost }) };
  const stepvoice = { model, voice, ttfaMs, totalMs, bytes, usage };
  const durationMs = Math.round(seconds * 1000);
  stream.end({ audio: { ...audio, durationMs }, stepvoice });
  job.event('done', { ...stepvoice, durationMs, skipped });
}
