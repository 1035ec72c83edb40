import { encodePcm16, resample, sniffContainer } from '@stepvoice/core/audio';
import type { CloneWarning, StepAudio, VoiceClone, VoiceConsent } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { decodeWhole } from '../input/decode-whole.ts';
import { openSink } from '../output/open-sink.ts';
import type { SpeechOutput } from '../output/speech-output.ts';
import { askLine } from '../terminal/secret-prompt.ts';
import { print } from '../terminal/terminal.ts';
import { describeWarning } from './describe-warning.ts';

/** Of a preview, in Hz. */
const PREVIEW_RATE = 24_000;

export type CloneOptions = {
  model: string;
  transcript: string | undefined;
  filename: string | undefined;
  preview: { text: string; output: SpeechOutput; force: boolean } | undefined;
  /** Kept without a question. */
  isSure: boolean;
  json: boolean;
};

type CloningParts = {
  client: StepAudio;
  audio: Uint8Array;
  consent: VoiceConsent;
  options: CloneOptions;
};

/** One clip on its way to become a voice. */
export class Cloning {
  readonly #parts: CloningParts;
  readonly #context: CommandContext;
  readonly #warnings: CloneWarning[] = [];

  constructor(parts: CloningParts, context: CommandContext) {
    this.#parts = parts;
    this.#context = context;
  }

  async clone(fileId?: string): Promise<void> {
    const { client, audio, consent, options } = this.#parts;
    const { signal } = this.#context;
    const { model, transcript, filename } = options;
    const made = await client.voices.clone({
      ...(fileId === undefined ? { audio, filename } : { fileId }),
      model,
      transcript,
      consent,
      onWarning: (warning) => this.#warn(warning),
      signal,
    });
    await this.#tell(made);
  }

  /** The clip is uploaded once, and deleted again where the voice is not wanted. */
  async previewAndClone(preview: NonNullable<CloneOptions['preview']>): Promise<void> {
    const { client, audio, options } = this.#parts;
    const { terminal, t, signal } = this.#context;
    const { filename = `voice.${sniffContainer(audio) ?? 'wav'}`, model } = options;
    // Cloned by its id, the clip is not looked at again.
    const { warnings } = await client.voices.check({ audio, model, signal });
    for (const warning of warnings) this.#warn(warning);
    const { id: fileId } = await client.files.upload({
      data: audio,
      filename,
      purpose: 'storage',
      signal,
    });
    let isKept = false;
    try {
      await this.#play(fileId, preview);
      if (await this.#isWanted()) {
        isKept = true;
        await this.clone(fileId);
      } else {
        terminal.stderr.write(`${t('clone.notKept')}\n`);
      }
    } catch (error) {
      if (isKept) terminal.stderr.write(`${t('clone.fileKept', { id: fileId })}\n`);
      throw error;
    } finally {
      // Also after Ctrl-C: what was uploaded for nothing is not left there.
      if (!isKept) await client.files.delete(fileId).catch(() => {});
    }
  }

  async #play(fileId: string, preview: NonNullable<CloneOptions['preview']>): Promise<void> {
    const { client, options } = this.#parts;
    const { terminal, t, signal } = this.#context;
    const { text, output, force } = preview;
    const onNote = (note: string): void => void terminal.stderr.write(`${note}\n`);
    const sink = await openSink(
      { output, sampleRate: PREVIEW_RATE, force, signal, onNote },
      terminal,
      t,
    );
    try {
      const { model, transcript } = options;
      const { audio } = await client.voices.preview({
        fileId,
        text,
        model,
        transcript,
        format: 'wav',
        sampleRate: PREVIEW_RATE,
        signal,
      });
      await sink.write(await this.#toPcm(audio));
      const { file } = await sink.finish(signal);
      if (file !== undefined) terminal.stderr.write(`${t('clone.previewIn', { file })}\n`);
    } catch (error) {
      await sink.abandon();
      throw error;
    }
  }

  /** The service may answer in another format than it was asked for. */
  async #toPcm(bytes: Uint8Array): Promise<Uint8Array> {
    const sound = { name: this.#context.t('label.preview'), path: undefined, bytes };
    const { samples, sampleRate } = await decodeWhole(sound, this.#context);
    return encodePcm16(
      sampleRate === PREVIEW_RATE ? samples : resample(samples, sampleRate, PREVIEW_RATE),
    );
  }

  /** Asked where somebody can answer; else only what was said before counts. */
  async #isWanted(): Promise<boolean> {
    const { terminal, t, signal } = this.#context;
    if (this.#parts.options.isSure) return true;
    if (!terminal.stdin.isTTY) return false;
    const answer = await askLine({ terminal, question: t('clone.askKeep'), signal });
    return /^(y|yes|j|ja|是|好|保留)$/i.test(answer);
  }

  #warn(warning: CloneWarning): void {
    this.#warnings.push(warning);
    const { terminal, t } = this.#context;
    terminal.stderr.write(`${describeWarning(warning, t)}\n`);
  }

  async #tell({ id, model, fileId, duplicated }: VoiceClone): Promise<void> {
    const { terminal, t } = this.#context;
    const { consent, options } = this.#parts;
    if (options.json) {
      const warnings = this.#warnings.map(({ code }) => code);
      const report = { id, model, fileId, duplicated, consent, warnings };
      await print(terminal, `${JSON.stringify(report, undefined, 2)}\n`, t);
      return;
    }
    if (duplicated) terminal.stderr.write(`${t('clone.duplicated')}\n`);
    await print(terminal, `${id}\n`, t);
    terminal.stderr.write(`${t('clone.next', { id, model })}\n`);
  }
}
