import { writeFile } from 'node:fs/promises';
import { DEFINITIONS } from '../nodes/index.ts';
import { completeExample } from './complete-example.ts';
import { exampleUrl, readExamples } from './example-files.ts';

for (const [file, items] of await readExamples()) {
  const completed = completeExample(items, DEFINITIONS);
  await writeFile(exampleUrl(file), `${JSON.stringify(completed, null, 2)}\n`);
}
