import { decodePcm16, writeWav } from '@stepvoice/core/audio';
import { SAID, SAMPLE_RATE, VOICE } from './service-calls.ts';
import type { Client, Prepared } from './service-calls.ts';

const CLIP_TEXT = '今天天气很好，我们一起去公园散步，然后回家吃晚饭，晚上再看一场电影。';

/**
 * Makes what the calls use.
 *
 * @param sound of the clip to transcribe: `data` can be compared to the letter, and only the emulator speaks it
 */
export async function prepare(client: Client, sound: 'data' | 'voice'): Promise<Prepared> {
  const voice = sound === 'data' ? 'data-voice' : VOICE;
  const spoken = await client.speech.create({
    text: SAID,
    voice,
    format: 'pcm',
    sampleRate: SAMPLE_RATE,
  });
  const samples = decodePcm16(spoken.audio);
  const wav = writeWav({ samples, sampleRate: SAMPLE_RATE });
  const clip = await client.speech.create({
    text: CLIP_TEXT,
    voice: VOICE,
    format: 'wav',
  });
  const { id: fileId } = await client.files.upload({ data: clip.audio, filename: 'clip.wav' });
  const text = new TextEncoder().encode('文件里的文字，可以读出来。\n');
  const { id: textFileId } = await client.files.upload({
    data: text,
    filename: 'text.txt',
    purpose: 'file-extract',
  });
  const link = await client.speech.create({
    text: SAID,
    voice,
    format: 'wav',
    returnUrl: true,
  });
  const { id: jobId } = await client.transcription.submit({ url: link.url, format: 'wav' });
  await client.transcription.wait(jobId, { pollMs: 100 });
  return { samples, wav, fileId, textFileId, audioUrl: link.url, jobId };
}
