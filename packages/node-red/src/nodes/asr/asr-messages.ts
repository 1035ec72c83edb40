import type { TranscribedWord, TranscriptSegment, TranscriptionUsage } from '@stepvoice/core/node';
import type { Job } from '../../kit/job-lanes.ts';
import type { FlowMessage } from '../../kit/node-red.ts';
import type { NodeHost } from '../../kit/register-node.ts';
import type { AsrProperties } from './asr-settings.ts';

type AsrJob = Job<AsrProperties>;

export type FinalText = {
  text: string;
  words: readonly TranscribedWord[];
  usage: TranscriptionUsage | undefined;
  requestId: string | undefined;
  bytes?: number;
  /** Of a whole sound. */
  segments?: readonly TranscriptSegment[];
  /** Of one among others. */
  segment?: { index: number; startMs?: number | undefined; endMs?: number | undefined };
};

/** What the message had to say of its sound is not true of a text. */
const NO_SOUND: FlowMessage = {
  audio: undefined,
  parts: undefined,
  complete: undefined,
  utterance: undefined,
};

export function sendFinal(host: NodeHost<AsrProperties>, job: AsrJob, final: FinalText): void {
  const { text, words, segments, segment, usage, requestId, bytes } = final;
  const { model, language, skipEmpty, timestamps } = job.settings;
  const totalMs = Math.round(host.clock.now() - job.arrivedMs);
  const place = segment ?? {};
  if (skipEmpty && text.trim() === '') {
    job.event('empty', { totalMs, ...place });
    return;
  }
  job.send(0, {
    ...NO_SOUND,
    payload: text,
    ...(timestamps || words.length > 0 ? { words: [...words] } : {}),
    ...(language === undefined ? {} : { language }),
    ...(segments === undefined ? {} : { segments: [...segments] }),
    ...(segment === undefined ? {} : { segment }),
    stepvoice: { model, requestId, totalMs, bytes, usage },
  });
  job.event('done', { totalMs, characters: text.length, ...place });
}

export function sendInterim(
  job: AsrJob,
  {
    text,
    words,
    segment,
  }: { text: string; words: readonly TranscribedWord[] | undefined; segment?: { index: number } },
): void {
  const { language } = job.settings;
  job.send(1, {
    ...NO_SOUND,
    payload: text,
    ...(words === undefined ? {} : { words: [...words] }),
    ...(language === undefined ? {} : { language }),
    ...(segment === undefined ? {} : { segment }),
    stepvoice: undefined,
  });
}
