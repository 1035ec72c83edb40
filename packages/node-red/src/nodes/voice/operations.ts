import type { SpeechFormat, StepAudio } from '@stepvoice/core/node';
import { audioFacts, fileDurationMs } from '../../kit/audio-facts.ts';
import { badInput, LocalizedError } from '../../kit/flow-error.ts';
import type { AudioFacts } from '../../kit/node-red.ts';
import type { CloneBudget } from './clone-budget.ts';
import { readClip } from './clip.ts';
import type { VoiceHost, VoiceJob } from './voice-node.ts';

/** Output of what the service or the check has found. */
const RESULT = 0;
/** Hz: what the models themselves speak at. */
const PREVIEW_RATE = 24_000;

export async function listVoices(host: VoiceHost, job: VoiceJob): Promise<void> {
  const { model } = job.settings;
  const { include } = host.fixed;
  const client = await host.client();
  const voices = await client.voices.list({ include, model, signal: job.signal });
  job.send(RESULT, { payload: voices });
}

/** Nothing leaves this machine. */
export async function checkClip(host: VoiceHost, job: VoiceJob): Promise<void> {
  const { model } = job.settings;
  const { signal } = job;
  const audio = await readClip(job);
  const client = await host.client();
  const { clip, warnings } = await client.voices.check({ audio, model, signal });
  job.send(RESULT, { payload: clip, warnings });
}

/** A voice says a few words; without one, a clip does. */
export async function previewVoice(host: VoiceHost, job: VoiceJob): Promise<void> {
  const { voice, text, model } = job.settings;
  if (text === undefined) {
    throw badInput('text', { en: 'is needed, and blank.', zh: '必须填写。' });
  }
  if (voice === undefined) return previewClip(host, job, text);
  const client = await host.client();
  const { signal } = job;
  const file = await client.speech.create({ text, voice, model, format: 'wav', signal });
  const { audio, requestId } = file;
  job.send(RESULT, {
    payload: audio,
    audio: await soundFacts(file),
    stepvoice: { voice, model, requestId, bytes: audio.length, totalMs: elapsedMs(host, job) },
  });
}

/** What a preview has uploaded stays, to be cloned from, unless it could not be previewed. */
async function previewClip(host: VoiceHost, job: VoiceJob, text: string): Promise<void> {
  const { fileId: stored, model, transcript } = job.settings;
  const { signal } = job;
  const client = await host.client();
  const { fileId, warnings } =
    stored === undefined
      ? await uploadClip(client, job, await readClip(job))
      : { fileId: stored, warnings: [] };
  let preview;
  try {
    preview = await client.voices.preview({
      fileId,
      text,
      model,
      transcript,
      sampleRate: PREVIEW_RATE,
      signal,
    });
  } catch (error) {
    // That it cannot be deleted either is not what went wrong.
    if (stored === undefined) client.files.delete(fileId).catch(() => undefined);
    throw error;
  }
  const { audio, requestId } = preview;
  job.send(RESULT, {
    payload: audio,
    audio: await soundFacts({ ...preview, sampleRate: PREVIEW_RATE }),
    fileId,
    warnings,
    stepvoice: { model, requestId, bytes: audio.length, totalMs: elapsedMs(host, job) },
  });
}

async function uploadClip(client: StepAudio, job: VoiceJob, audio: Uint8Array) {
  const { model } = job.settings;
  const { signal } = job;
  const { clip, warnings } = await client.voices.check({ audio, model, signal });
  for (const warning of warnings) warn(job, warning);
  const filename = `voice.${clip.container}`;
  const { id: fileId } = await client.files.upload({ data: audio, filename, signal });
  return { fileId, warnings };
}

/** @param budget of the node */
export async function cloneVoice(
  host: VoiceHost,
  job: VoiceJob,
  budget: CloneBudget,
): Promise<void> {
  const { consentBy, consentHow, fileId, model, transcript } = job.settings;
  const consent = { by: stated('consentBy', consentBy), how: stated('consentHow', consentHow) };
  const source = fileId === undefined ? { audio: await readClip(job) } : { fileId };
  const client = await host.client();
  const account = host.account();
  const giveBack = budget.take(host.fixed.clonesPerDay);
  let clone;
  try {
    clone = await client.voices.clone({
      ...source,
      model,
      transcript,
      consent,
      onWarning: (warning) => warn(job, warning),
      signal: job.signal,
    });
  } catch (error) {
    // Where no answer came, the voice may have been made, and charged.
    if (isRefusal(error)) giveBack();
    throw error;
  }
  if (clone.duplicated) giveBack();
  account.addVoice({ kind: 'clone', id: clone.id, fileId: clone.fileId, createdAt: new Date() });
  job.send(RESULT, {
    payload: clone.id,
    voice: clone.id,
    fileId: clone.fileId,
    duplicated: clone.duplicated,
    warnings: clone.warnings,
    clip: clone.clip,
    stepvoice: {
      model: clone.model,
      voice: clone.id,
      requestId: clone.requestId,
      totalMs: elapsedMs(host, job),
    },
  });
}

async function soundFacts(sound: {
  audio: Uint8Array;
  format: SpeechFormat;
  sampleRate: number;
}): Promise<AudioFacts> {
  const { audio, format, sampleRate } = sound;
  return audioFacts(format, sampleRate, await fileDurationMs(audio, format, sampleRate));
}

function elapsedMs({ clock }: VoiceHost, { arrivedMs }: VoiceJob): number {
  return Math.round(clock.now() - arrivedMs);
}

function warn(job: VoiceJob, { code, message }: { code: string; message: string }): void {
  job.event('warning', { code, message });
}

/** Answered by the service, or not sent at all. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ValidationError' || ('status' in error && error.status !== undefined);
}

/** The voices that were cloned from it stay: the service has no way to delete one. */
export async function deleteClip(host: VoiceHost, job: VoiceJob): Promise<void> {
  const { fileId } = job.settings;
  if (fileId === undefined) {
    throw badInput('fileId', {
      en: 'is needed: the id of the stored clip, from the dialog or as msg.fileId.',
      zh: '必须填写：已上传录音的 ID，可在节点中填写或由 msg.fileId 传入。',
    });
  }
  const client = await host.client();
  await client.files.delete(fileId, { signal: job.signal });
  job.send(RESULT, { payload: fileId, fileId });
}

function stated(path: 'consentBy' | 'consentHow', value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw new LocalizedError(
    'no_consent',
    {
      en: `${path}: is needed. Say whose voice it is and how that person agreed; without consent nothing is cloned.`,
      zh: `${path}：必须填写。请说明声音属于谁、本人以何种方式同意；未经同意不会克隆。`,
    },
    { badge: 'badInput', path },
  );
}
