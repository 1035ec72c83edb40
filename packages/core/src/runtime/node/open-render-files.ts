import type { OpenRenderFiles, RenderFilesOptions } from './render-file.ts';

/**
 * Opens the files that a narration is rendered to: `path` itself, what was asked for beside it, and a journal
 * (`path.stepvoice-journal`), by which a render that was broken off goes on. What is there already is not changed before
 * the render begins. Closing removes what has stayed empty, the journal of a render that is whole among it.
 *
 * @throws {StepAudioError} `render_busy` where another process renders this file; `file_failed` where a file cannot be
 *   opened, and later where it cannot be written: a full disk, a read-only folder, a missing right. `cause` is the
 *   system's error.
 */
export async function openRenderFiles(
  path: string,
  options: RenderFilesOptions = {},
): Promise<OpenRenderFiles> {
  // Node's modules for files take longer to load than all of the client.
  const files = await import('./render-file.ts');
  return files.openRenderFiles(path, options);
}
