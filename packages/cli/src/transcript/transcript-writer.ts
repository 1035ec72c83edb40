import type { CommandContext } from '../command-context.ts';
import { createOutputFile } from '../output/output-file.ts';
import type { OutputFile } from '../output/output-file.ts';
import { print } from '../terminal/terminal.ts';
import type { TranscriptDraft } from './transcript-draft.ts';
import { formatTranscript } from './transcript-format.ts';
import type { TranscriptFacts, TranscriptFormat } from './transcript-format.ts';
import type { TranscriptView } from './transcript-view.ts';

export type TranscriptTarget = {
  format: TranscriptFormat;
  /** `undefined` for stdout. */
  path: string | undefined;
  force: boolean;
};

/**
 * Writes one transcript: text as it becomes final, anything else when it is complete; and what there is of it where it
 * broke off. A file has its name only when it is complete.
 */
export class TranscriptWriter {
  readonly #target: TranscriptTarget;
  readonly #view: TranscriptView;
  readonly #context: CommandContext;
  readonly #file: OutputFile | undefined;
  #writtenSegments = 0;

  private constructor(
    target: TranscriptTarget,
    view: TranscriptView,
    context: CommandContext,
    file: OutputFile | undefined,
  ) {
    this.#target = target;
    this.#view = view;
    this.#context = context;
    this.#file = file;
  }

  /** @throws {UsageError} for a file that is there, before anything is spent. */
  static async open(
    target: TranscriptTarget,
    view: TranscriptView,
    context: CommandContext,
  ): Promise<TranscriptWriter> {
    const { path, force } = target;
    const file =
      path === undefined ? undefined : await createOutputFile({ path, force }, context.t);
    return new TranscriptWriter(target, view, context, file);
  }

  /** Takes over what has become final since. */
  async update(draft: TranscriptDraft): Promise<void> {
    if (this.#target.format !== 'text') return;
    const { segments } = draft;
    // Text that is written cannot be changed: one that is open holds up those behind it.
    for (let segment = segments[this.#writtenSegments]; segment?.final === true;) {
      this.#writtenSegments += 1;
      await this.#writeText(segment.text);
      segment = segments[this.#writtenSegments];
    }
  }

  /** @returns the file, where it is one. */
  async finish(draft: TranscriptDraft, facts: TranscriptFacts): Promise<string | undefined> {
    await this.#writeRest(draft, facts);
    await this.#file?.finish();
    return this.#file?.path;
  }

  /**
   * It broke off: what was understood is written.
   *
   * @returns the file that holds it, where it is one.
   */
  async abandon(draft: TranscriptDraft, facts: TranscriptFacts): Promise<string | undefined> {
    try {
      if (draft.segments.length > 0) await this.#writeRest(draft, facts);
    } catch {
      // The failure that led here is the one to tell.
    }
    return this.#file?.abandon();
  }

  async #writeRest(draft: TranscriptDraft, facts: TranscriptFacts): Promise<void> {
    const { format } = this.#target;
    if (format === 'text') {
      for (const { text } of draft.segments.slice(this.#writtenSegments)) {
        this.#writtenSegments += 1;
        await this.#writeText(text);
      }
      return;
    }
    await this.#write(formatTranscript(format, draft.segments, facts));
  }

  async #writeText(text: string): Promise<void> {
    if (this.#file === undefined) await this.#view.final(text.trim());
    else await this.#write(`${text.trim()}\n`);
  }

  async #write(text: string): Promise<void> {
    if (this.#file === undefined) await print(this.#context.terminal, text, this.#context.t);
    else await this.#file.write(new TextEncoder().encode(text));
  }
}
