import { readFile } from 'node:fs/promises';
import { inspectClip, readWav, sniffContainer, writeWav } from '@stepvoice/core/audio';
import type { ClipInspection } from '@stepvoice/core/audio';
import { characterCount } from '@stepvoice/core/protocol';
import { UsageError } from '../cli-error.ts';
import { Cloning } from '../cloning/cloning.ts';
import type { CloneOptions } from '../cloning/cloning.ts';
import { askConsent } from '../cloning/consent.ts';
import type { CommandContext } from '../command-context.ts';
import { decodeWhole } from '../input/decode-whole.ts';
import type { Translate } from '../language/translate.ts';
import { toSpeechOutput } from '../output/speech-output.ts';
import { withService } from '../service/with-service.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { reasonOf } from '../system-error.ts';
import { DEFAULT_CLONE_MODEL } from './default-models.ts';
import { toModelId } from './option-values.ts';

export type CloneFlags = EndpointFlags & {
  consent?: string | undefined;
  model?: string | undefined;
  transcript?: string | undefined;
  name?: string | undefined;
  preview?: string | undefined;
  out?: string | undefined;
  force?: boolean | undefined;
  yes?: boolean | undefined;
  json?: boolean | undefined;
};

/** What the service advises, and charges, for a preview. */
const PREVIEW_CHARACTERS = 50;

/** `stepvoice clone`: makes a voice of a clip, with the leave of the person it belongs to. */
export async function clone(
  file: string,
  flags: CloneFlags,
  context: CommandContext,
): Promise<void> {
  const { t } = context;
  const options = toCloneOptions(flags, t);
  const audio = await readClip(file, context);
  tellClip(audio, context);
  const consent = await askConsent(flags.consent, context);
  await withService(flags, context, async (client) => {
    const cloning = new Cloning({ client, audio, consent, options }, context);
    if (options.preview === undefined) await cloning.clone();
    else await cloning.previewAndClone(options.preview);
  });
}

function toCloneOptions(flags: CloneFlags, t: Translate): CloneOptions {
  const { preview, out } = flags;
  if (preview === undefined && out !== undefined) {
    throw new UsageError(t('error.needs', { option: '--out', needed: '--preview' }));
  }
  const length = characterCount(preview ?? 'x');
  if (length < 1 || length > PREVIEW_CHARACTERS) {
    throw new UsageError(t('error.previewLength', { length, limit: PREVIEW_CHARACTERS }));
  }
  const output = toSpeechOutput({ out }, t);
  if (output.format !== 'pcm' && output.format !== 'wav') {
    throw new UsageError(
      t('error.replyFormat', { format: output.format }),
      t('advice.replyFormat'),
    );
  }
  return {
    model: toModelId(flags.model, 'clone', DEFAULT_CLONE_MODEL, t),
    transcript: flags.transcript,
    filename: flags.name,
    preview:
      preview === undefined ? undefined : { text: preview, output, force: flags.force === true },
    isSure: flags.yes === true,
    json: flags.json === true,
  };
}

/** WAV and MP3 as they are, anything else as a WAV, which ffmpeg makes of it. */
async function readClip(file: string, context: CommandContext): Promise<Uint8Array> {
  const { t } = context;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UsageError(t('error.fileUnreadable', { file, reason: reasonOf(error, t) }));
  }
  const container = sniffContainer(bytes);
  if (container === 'wav' || container === 'mp3') return bytes;
  return writeWav(await decodeWhole({ name: file, path: file, bytes }, context));
}

/** What a clip is like, before anything is sent. Of an MP3, which is not decoded here, the service hears it first. */
function tellClip(audio: Uint8Array, { terminal, t }: CommandContext): void {
  if (sniffContainer(audio) !== 'wav') return;
  let found: ClipInspection;
  try {
    found = inspectClip(readWav(audio));
  } catch {
    // The client says it better, and refuses it.
    return;
  }
  const { seconds, speechSeconds, rmsDbfs, noiseDbfs } = found;
  const facts = t('clone.clip', {
    seconds: seconds.toFixed(1),
    speech: speechSeconds.toFixed(1),
    level: formatDbfs(rmsDbfs),
    noise: formatDbfs(noiseDbfs),
  });
  terminal.stderr.write(`${facts}\n`);
}

/** Digital silence has no level. */
function formatDbfs(level: number): string {
  return Number.isFinite(level) ? level.toFixed(0) : '−∞';
}
