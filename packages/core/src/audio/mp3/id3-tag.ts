import { ValidationError } from '../../errors.ts';
import { writeAscii } from '../ascii-text.ts';
import { joinBytes } from '../join-bytes.ts';

export type Id3Chapter = {
  readonly title: string;
  readonly startMs: number;
  readonly endMs: number;
};

export type Id3TagOptions = {
  readonly title?: string | undefined;
  /** Who reads, or who wrote it. */
  readonly artist?: string | undefined;
  /** The book, where the file is a part of one. */
  readonly album?: string | undefined;
  /** BCP 47 (`en`, `zh-CN`) or ISO 639-2 (`eng`). */
  readonly language?: string | undefined;
  /** In the order of their times; they do not overlap. */
  readonly chapters?: readonly Id3Chapter[] | undefined;
};

const HEADER_BYTES = 10;
const FRAME_HEADER_BYTES = 10;
/** UTF-16 with a byte-order mark: the only encoding of this version that has all characters. */
const UTF16 = 1;
/** In a byte of the table of contents. */
const MOST_ENTRIES = 255;
const TOP_LEVEL = 2;
const ORDERED = 1;
/** Says that a chapter is found by its time, and not by a place in the file. */
const NO_OFFSET = 0xffffffff;
const LONGEST_MS = 0xfffffffe;
/** 28 bits tell the length of a tag. */
const MOST_BYTES = 2 ** 28 - 1;

/** ISO 639-2 for what ISO 639-1 has two letters for, as far as voices speak it. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ar: 'ara',
  de: 'deu',
  en: 'eng',
  es: 'spa',
  fr: 'fra',
  he: 'heb',
  hi: 'hin',
  id: 'ind',
  it: 'ita',
  ja: 'jpn',
  ko: 'kor',
  nl: 'nld',
  pl: 'pol',
  pt: 'por',
  ru: 'rus',
  th: 'tha',
  tr: 'tur',
  uk: 'ukr',
  vi: 'vie',
  zh: 'zho',
};

/**
 * The tag that stands in front of an MP3: ID3v2.3, which more players read than 2.4, with chapters after the ID3v2
 * Chapter Frame Addendum (`CHAP`, `CTOC`). Its length depends on the texts and the number of chapters alone, so that room
 * for it can be left before the times are known.
 *
 * @throws {ValidationError} for a chapter that ends before it starts, and for texts that no tag holds (256 MB).
 */
export function id3Tag(options: Id3TagOptions): Uint8Array<ArrayBuffer> {
  const { title, artist, album, language, chapters = [] } = options;
  const frames = [
    textFrame('TIT2', title),
    textFrame('TPE1', artist),
    textFrame('TALB', album),
    textFrame('TLAN', language === undefined ? undefined : languageCode(language)),
    ...contentsFrames(chapters.length),
    ...chapters.map(chapterFrame),
  ];
  const contents = joinBytes(frames);
  if (contents.length > MOST_BYTES) {
    const allowed = `${MOST_BYTES} bytes`;
    throw new ValidationError(
      `The tag would take ${contents.length} bytes; it can take ${allowed}.`,
      { path: 'chapters', value: contents.length, allowed },
    );
  }
  const header = new Uint8Array(HEADER_BYTES);
  writeAscii(header, 0, 'ID3');
  header[3] = 3;
  // Seven bits a byte, so that no player takes the length for a frame of sound.
  for (let index = 0; index < 4; index += 1) {
    header[6 + index] = (contents.length >> (21 - 7 * index)) & 0x7f;
  }
  return joinBytes([header, contents]);
}

/** The three letters that the tag has for a language; `und` where it has none. */
function languageCode(language: string): string {
  const primary = language.toLowerCase().split(/[-_]/, 1)[0] ?? '';
  return LANGUAGES[primary] ?? (/^[a-z]{3}$/.test(primary) ? primary : 'und');
}

function textFrame(id: string, text: string | undefined): Uint8Array<ArrayBuffer> {
  if (text === undefined || text === '') return new Uint8Array(0);
  const contents = new Uint8Array(1 + 2 + 2 * text.length + 2);
  const view = new DataView(contents.buffer);
  contents[0] = UTF16;
  view.setUint16(1, 0xfeff, true);
  for (let index = 0; index < text.length; index += 1) {
    view.setUint16(3 + 2 * index, text.charCodeAt(index), true);
  }
  return frame(id, contents);
}

function chapterFrame(
  { title, startMs, endMs }: Id3Chapter,
  index: number,
): Uint8Array<ArrayBuffer> {
  if (!(startMs >= 0 && startMs <= endMs && endMs <= LONGEST_MS)) {
    const allowed = `0 ≤ startMs ≤ endMs ≤ ${LONGEST_MS}`;
    const path = `chapters[${index}]`;
    throw new ValidationError(
      `${path} lasts from ${startMs} to ${endMs} ms; it must be ${allowed}.`,
      {
        path,
        value: { startMs, endMs },
        allowed,
      },
    );
  }
  const times = new Uint8Array(16);
  const view = new DataView(times.buffer);
  view.setUint32(0, Math.round(startMs));
  view.setUint32(4, Math.round(endMs));
  view.setUint32(8, NO_OFFSET);
  view.setUint32(12, NO_OFFSET);
  return frame('CHAP', joinBytes([zeroEnded(chapterId(index)), times, textFrame('TIT2', title)]));
}

/** One table for all; where there are more chapters than it has room for, one of tables. */
function contentsFrames(chapters: number): Uint8Array<ArrayBuffer>[] {
  if (chapters === 0) return [];
  const ids = Array.from({ length: chapters }, (_, index) => chapterId(index));
  if (chapters <= MOST_ENTRIES) return [contentsFrame('toc', TOP_LEVEL | ORDERED, ids)];
  const parts = Array.from({ length: Math.ceil(chapters / MOST_ENTRIES) }, (_, index) => ({
    id: `toc${index}`,
    ids: ids.slice(index * MOST_ENTRIES, (index + 1) * MOST_ENTRIES),
  }));
  return [
    contentsFrame(
      'toc',
      TOP_LEVEL | ORDERED,
      parts.slice(0, MOST_ENTRIES).map(({ id }) => id),
    ),
    ...parts.map((part) => contentsFrame(part.id, ORDERED, part.ids)),
  ];
}

function contentsFrame(id: string, flags: number, ids: readonly string[]): Uint8Array<ArrayBuffer> {
  return frame(
    'CTOC',
    joinBytes([zeroEnded(id), Uint8Array.of(flags, ids.length), ...ids.map(zeroEnded)]),
  );
}

function chapterId(index: number): string {
  return `ch${index}`;
}

function zeroEnded(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length + 1);
  writeAscii(bytes, 0, text);
  return bytes;
}

function frame(id: string, contents: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + contents.length);
  writeAscii(bytes, 0, id);
  new DataView(bytes.buffer).setUint32(4, contents.length);
  bytes.set(contents, FRAME_HEADER_BYTES);
  return bytes;
}
