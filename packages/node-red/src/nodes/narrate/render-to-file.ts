import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { loadCore } from '../../kit/core.ts';
import { badInput } from '../../kit/flow-error.ts';
import type { Reading } from './narrate-node.ts';
import { nameAfter } from './narration-text.ts';
import { renderReading } from './render-reading.ts';

const SIDES = { none: [], srt: ['srt'], vtt: ['vtt'], all: ['srt', 'vtt', 'words'] } as const;
const EXTENSIONS = { srt: '.srt', vtt: '.vtt', words: '.words.json' } as const;

/** Renders into a file of the node's folder, and sends its path. What was broken off goes on where it was. */
export async function renderToFile(reading: Reading): Promise<void> {
  const { job, settings, files: access } = reading;
  const { name, format } = toTarget(reading);
  const path = await access.prepare(name);
  const stem = path.slice(0, -extname(path).length);
  const beside = SIDES[settings.subtitles];
  const paths = Object.fromEntries(beside.map((side) => [side, `${stem}${EXTENSIONS[side]}`]));
  // Any of them may be a link that leads elsewhere.
  const others = [...Object.values(paths), `${path}.stepvoice-journal`, `${path}.stepvoice-lock`];
  for (const other of others) await access.resolve(other);
  const { openRenderFiles } = await loadCore();
  await using files = await openRenderFiles(path, { beside });
  const discard = async (): Promise<void> => {
    await files.close();
    for (const written of [path, ...Object.values(paths)]) await rm(written, { force: true });
  };
  const fields = await renderReading(reading, { files, format, discard });
  await files.close();
  job.send(0, {
    ...fields,
    payload: path,
    filename: path,
    ...(beside.length > 0 ? { subtitles: paths } : {}),
  });
}

function toTarget({ settings }: Reading): { name: string; format: 'mp3' | 'wav' } {
  const { outputFile, sourceFile, format } = settings;
  if (outputFile === undefined) {
    if (sourceFile !== undefined) return { name: nameAfter(sourceFile, format), format };
    throw badInput('outputFile', {
      en: 'must be the name of a file such as book.mp3.',
      zh: '应为文件名，例如 book.mp3。',
    });
  }
  const extension = extname(outputFile).toLowerCase();
  if (extension === '.mp3' || extension === '.wav') {
    return { name: outputFile, format: extension === '.mp3' ? 'mp3' : 'wav' };
  }
  if (extension === '') return { name: `${outputFile}.${format}`, format };
  throw badInput('outputFile', {
    en: 'must end in .mp3 or .wav.',
    zh: '扩展名应为 .mp3 或 .wav。',
  });
}
