import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The core's rooms by floor. An import goes down or stays inside its room; on floor 1 and between the capabilities of
 * floor 2 there is no door. `errors.ts` is for all. The entries and `client.ts` stand above and assemble.
 */
const FLOORS: Record<string, number> = {
  protocol: 1,
  net: 1,
  audio: 1,
  text: 1,
  tokens: 1,
  speech: 2,
  transcription: 2,
  realtime: 2,
  chat: 2,
  voices: 2,
  files: 2,
  models: 2,
  narration: 3,
  conversation: 3,
  runtime: 4,
};
const ABOVE_ALL = 5;
const OPEN_TO_ALL = 'errors.ts';

/** Which of our packages a package's shipped sources may import. */
const HOUSE: Record<string, readonly string[]> = {
  'packages/core': [],
  'packages/emulator': ['@stepvoice/core'],
  'packages/cli': ['@stepvoice/core'],
  'packages/node-red': ['@stepvoice/core'],
};

type Import = { file: string; specifier: string };

function importsOf(file: string, source: string): Import[] {
  const pattern =
    /(?:^|[\s;{}])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(pattern)].map((match) => ({
    file,
    specifier: (match[1] ?? match[2]) as string,
  }));
}

function shippedSources(root: string): string[] {
  return globSync('src/**/*.ts', { cwd: resolve(repository, root) })
    .filter((file) => !file.endsWith('.test.ts') && !/(^|[\\/])testing[\\/]/.test(file))
    .map((file) => resolve(repository, root, file));
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Where a file of the core stands: its room (a folder of `src/`), or none for the files at the top. */
function roomOf(path: string): string | undefined {
  const [first, second] = path.split(/[\\/]/);
  return second === undefined ? undefined : first;
}

function wrongImportOfCore(from: string, { specifier }: Import): string | undefined {
  const room = roomOf(from);
  if (specifier.startsWith('@stepvoice/')) return 'the core imports nothing of ours';
  if (!specifier.startsWith('.')) {
    const portable = !(room === 'runtime' && from.includes('node')) && from !== 'node.ts';
    if (portable && (specifier.startsWith('node:') || ['undici', 'ws'].includes(specifier))) {
      return 'only runtime/node names node:, undici and ws';
    }
    return undefined;
  }
  const target = relative('.', resolve('/', dirname(from), specifier)).replace(/^(\.\.[\\/])*/, '');
  if (target === OPEN_TO_ALL) return undefined;
  const targetRoom = roomOf(target);
  if (room === targetRoom) return undefined;
  const floor = room === undefined ? (from === OPEN_TO_ALL ? 0 : ABOVE_ALL) : FLOORS[room];
  const targetFloor = targetRoom === undefined ? ABOVE_ALL : FLOORS[targetRoom];
  if (floor === undefined) return `"${room}" is a room of no floor`;
  if (targetFloor === undefined) return `"${targetRoom}" is a room of no floor`;
  if (room === 'runtime' && targetRoom === undefined) return undefined;
  if (targetFloor > floor) return `floor ${floor} imports floor ${targetFloor}`;
  if (targetFloor === floor) return `${room} and ${targetRoom} share floor ${floor}`;
  return undefined;
}

describe('floors of the core', () => {
  const root = resolve(repository, 'packages/core/src');
  const files = shippedSources('packages/core');

  test('has files to look at', () => {
    expect(files.length).toBeGreaterThan(15);
    const all = files.flatMap((file) => importsOf(file, read(file)));
    expect(all.length).toBeGreaterThan(40);
  });

  test('imports go down or stay inside their room', () => {
    const wrong = files.flatMap((file) => {
      const from = relative(root, file);
      return importsOf(from, read(file)).flatMap((entry) => {
        const reason = wrongImportOfCore(from, entry);
        return reason === undefined ? [] : [`${from}: "${entry.specifier}" (${reason})`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['protocol/models.ts', '../net/connection.ts'],
    ['audio/pcm.ts', '../protocol/index.ts'],
    ['speech/speech.ts', '../narration/narrate.ts'],
    ['speech/speech.ts', '../transcription/transcription.ts'],
    ['net/connection.ts', 'node:http'],
    ['speech/speech-socket.ts', 'ws'],
    ['speech/speech.ts', '../client.ts'],
    ['protocol/models.ts', '../helpers/x.ts'],
    ['errors.ts', './net/connection.ts'],
    ['net/sse.ts', '@stepvoice/emulator'],
  ])('%s importing %s is refused', (from, specifier) => {
    expect(wrongImportOfCore(from, { file: from, specifier })).toBeTypeOf('string');
  });

  test.each([
    ['speech/speech.ts', '../protocol/index.ts'],
    ['speech/speech.ts', './speech-stream.ts'],
    ['net/connection.ts', '../errors.ts'],
    ['runtime/node/sockets.ts', 'ws'],
    ['index.ts', './speech/speech.ts'],
    ['client.ts', './net/connection.ts'],
  ])('%s importing %s is fine', (from, specifier) => {
    expect(wrongImportOfCore(from, { file: from, specifier })).toBeUndefined();
  });
});

describe('shipped sources of every package', () => {
  test.each(Object.entries(HOUSE))('%s imports only %j of ours', (root, allowed) => {
    const wrong = shippedSources(root).flatMap((file) =>
      importsOf(file, read(file))
        .filter(({ specifier }) => specifier.startsWith('@stepvoice/'))
        .filter(({ specifier }) => {
          const name = specifier.split('/').slice(0, 2).join('/');
          return !allowed.includes(name) || specifier.includes('/src/');
        })
        .map(({ specifier }) => `${relative(repository, file)}: "${specifier}"`),
    );
    expect(wrong).toEqual([]);
  });

  test('relative imports stay inside their package', () => {
    const wrong = Object.keys(HOUSE).flatMap((root) => {
      const base = resolve(repository, root, 'src');
      return shippedSources(root).flatMap((file) =>
        importsOf(file, read(file))
          .filter(({ specifier }) => specifier.startsWith('.'))
          .filter(({ specifier }) => !resolve(dirname(file), specifier).startsWith(base))
          .map(({ specifier }) => `${relative(repository, file)}: "${specifier}"`),
      );
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['console', /\bconsole\.\w+\(/],
    ['lookbehind', /\(\?<[=!]/],
    ['top-level await', /^(?:const .*= )?await /m],
  ])('no %s', (_, pattern) => {
    const wrong = Object.keys(HOUSE)
      .flatMap(shippedSources)
      .filter((file) => pattern.test(read(file)))
      .map((file) => relative(repository, file));
    expect(wrong).toEqual([]);
  });

  test('no folder or file whose name says nothing', () => {
    const wrong = Object.keys(HOUSE)
      .flatMap(shippedSources)
      .map((file) => relative(repository, file))
      .filter((file) =>
        /(^|[\\/])(utils?|helpers?|common|misc|shared|stuff)([\\/]|\.ts$)/.test(file),
      );
    expect(wrong).toEqual([]);
  });
});
