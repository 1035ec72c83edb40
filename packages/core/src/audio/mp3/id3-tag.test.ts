import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { id3TagLength, isId3Tag } from '../container.ts';
import { id3Tag } from './id3-tag.ts';

type Frame = { id: string; contents: Uint8Array };

function readFrames(bytes: Uint8Array): Frame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const id = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const size = view.getUint32(offset + 4);
    frames.push({ id, contents: bytes.subarray(offset + 10, offset + 10 + size) });
    offset += 10 + size;
  }
  return frames;
}

const readText = (contents: Uint8Array) => {
  expect(contents[0]).toBe(1);
  return new TextDecoder('utf-16').decode(contents.subarray(1)).replace(/\0$/, '');
};

function readChapter({ contents }: Frame) {
  const end = contents.indexOf(0);
  const view = new DataView(contents.buffer, contents.byteOffset + end + 1);
  const [title] = readFrames(contents.slice(end + 17));
  return {
    id: String.fromCharCode(...contents.subarray(0, end)),
    startMs: view.getUint32(0),
    endMs: view.getUint32(4),
    title: title === undefined ? '' : readText(title.contents),
  };
}

function readContents({ contents }: Frame) {
  const [id, ...rest] = String.fromCharCode(...contents).split('\0');
  const [flags, count] = [rest[0]!.charCodeAt(0), rest[0]!.charCodeAt(1)];
  const ids = [rest[0]!.slice(2), ...rest.slice(1)].filter((entry) => entry !== '');
  return { id, flags, count, ids };
}

describe('a tag', () => {
  test('has its texts and chapters', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', 'é', '书', '😀'),
      minLength: 1,
      maxLength: 30,
    });
    const chapter = fc
      .record({ title: text, at: fc.nat(1e9), length: fc.nat(1e9) })
      .map(({ title, at, length }) => ({ title, startMs: at, endMs: at + length }));
    fc.assert(
      fc.property(text, text, fc.array(chapter, { maxLength: 20 }), (title, artist, chapters) => {
        const tag = id3Tag({ title, artist, language: 'zh-CN', chapters });
        expect(isId3Tag(tag)).toBe(true);
        expect(tag[3]).toBe(3);
        expect(id3TagLength(tag)).toBe(tag.length);
        const frames = readFrames(tag.subarray(10));
        const textOf = (id: string) => readText(frames.find((frame) => frame.id === id)!.contents);
        expect([textOf('TIT2'), textOf('TPE1'), textOf('TLAN')]).toEqual([title, artist, 'zho']);
        const read = frames.filter(({ id }) => id === 'CHAP').map(readChapter);
        expect(read.map(({ title, startMs, endMs }) => ({ title, startMs, endMs }))).toEqual(
          chapters,
        );
        const tables = frames.filter(({ id }) => id === 'CTOC').map(readContents);
        expect(tables.flatMap(({ ids }) => ids)).toEqual(read.map(({ id }) => id));
        // Room can be left for it before the times are known.
        const untimed = chapters.map((given) => ({ ...given, startMs: 0, endMs: 0 }));
        expect(id3Tag({ title, artist, language: 'zh-CN', chapters: untimed }).length).toBe(
          tag.length,
        );
      }),
      { numRuns: 100 },
    );
  });

  test('of more chapters than a table has entries has a table of tables', () => {
    const chapters = Array.from({ length: 600 }, (_, index) => ({
      title: String(index),
      startMs: index,
      endMs: index + 1,
    }));
    const tables = readFrames(id3Tag({ chapters }).subarray(10))
      .filter(({ id }) => id === 'CTOC')
      .map(readContents);
    expect(tables.map(({ id, flags, count }) => [id, flags, count])).toEqual([
      ['toc', 3, 3],
      ['toc0', 1, 255],
      ['toc1', 1, 255],
      ['toc2', 1, 90],
    ]);
    expect(tables[0]!.ids).toEqual(['toc0', 'toc1', 'toc2']);
    expect(tables.slice(1).flatMap(({ ids }) => ids)).toHaveLength(600);
  });

  test.each([
    ['en', 'eng'],
    ['ja', 'jpn'],
    ['deu', 'deu'],
    ['x', 'und'],
  ])('language %s is %s', (language, expected) => {
    const [frame] = readFrames(id3Tag({ language }).subarray(10));
    expect(readText(frame!.contents)).toBe(expected);
  });

  test('without anything is empty', () => {
    expect(id3Tag({})).toHaveLength(10);
  });

  test.each([
    [5, 4],
    [-1, 4],
    [0, 2 ** 32],
    [Number.NaN, 1],
  ])('a chapter from %d to %d is refused', (startMs, endMs) => {
    expect(() => id3Tag({ chapters: [{ title: 'x', startMs, endMs }] })).toThrow(
      expect.objectContaining({ path: 'chapters[0]' }),
    );
  });
});
