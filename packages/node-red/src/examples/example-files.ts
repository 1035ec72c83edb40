import { readdir, readFile } from 'node:fs/promises';

/** A node of a flow as Node-RED exports it. */
export type ExampleItem = {
  id: string;
  type: string;
  z?: string;
  wires?: string[][];
  [property: string]: unknown;
};

const FOLDER = new URL('../../examples/', import.meta.url);

export function exampleUrl(file: string): URL {
  return new URL(encodeURIComponent(file), FOLDER);
}

/** All examples of the package by the names of their files, which the menu shows. */
export async function readExamples(): Promise<ReadonlyMap<string, ExampleItem[]>> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).toSorted();
  const examples = new Map<string, ExampleItem[]>();
  for (const file of files) {
    examples.set(file, JSON.parse(await readFile(exampleUrl(file), 'utf8')) as ExampleItem[]);
  }
  return examples;
}
