import type { ProseBuilder } from '../prose-builder.ts';
import type { SpeakingContext } from '../segment-draft.ts';
import type { TextRange } from '../text-range.ts';

/** Speaks `[[target#heading|alias]]`: the alias, else the note's name and the heading. */
export function speakWikiLink(
  { text, policies, announcements }: SpeakingContext,
  prose: ProseBuilder,
  range: TextRange,
): void {
  if (policies.link === 'skip') return;
  if (policies.link === 'announce') {
    prose.words(announcements.linkPrefix, range.start, range.start);
  }
  speakNames(prose, wikiNames(text, { start: range.start + 2, end: range.end - 2 }));
}

/** Speaks `![[target]]`: a picture by its description, another note by its name. */
export function speakEmbed(
  { text, policies, announcements }: SpeakingContext,
  prose: ProseBuilder,
  range: TextRange,
): void {
  const names = wikiNames(text, { start: range.start + 3, end: range.end - 2 });
  const isImage = isImageName(text, range);
  const policy = isImage ? policies.image : policies.embed;
  if (policy === 'skip') return;
  if (isImage && !names.isAlias) {
    if (policy === 'announce') prose.words(announcements.image, range.start, range.end);
    return;
  }
  prose.separate(range.start);
  const prefix = isImage ? announcements.imagePrefix : announcements.embedPrefix;
  if (policy === 'announce') prose.words(prefix, range.start, range.start + 3);
  speakNames(prose, names);
  prose.separate(range.end);
}

/** Whether what is embedded is a picture by its file's name. */
export function isImageName(text: string, { start, end }: TextRange): boolean {
  return /\.(?:avif|bmp|gif|heic|jpe?g|png|svg|webp)(?:[#|\\\]]|$)/i.test(text.slice(start, end));
}

type WikiNames = { readonly isAlias: boolean; readonly ranges: readonly TextRange[] };

function wikiNames(text: string, { start, end }: TextRange): WikiNames {
  const link = text.slice(start, end);
  // In a table's cell the bar is escaped. A number behind it is a picture's width.
  const bar = /\\?\|/.exec(link);
  if (bar !== null) {
    const alias = link.slice(bar.index + bar[0].length);
    if (alias.trim() !== '' && !/^\s*\d+(?:x\d+)?\s*$/.test(alias)) {
      return { isAlias: true, ranges: [{ start: start + bar.index + bar[0].length, end }] };
    }
  }
  const target = bar === null ? link : link.slice(0, bar.index);
  const [path = '', ...headings] = target.split('#');
  const name = path.lastIndexOf('/') + 1;
  const ranges = [{ start: start + name, end: start + path.length }];
  let place = start + path.length + 1;
  for (const heading of headings) {
    if (!heading.startsWith('^')) ranges.push({ start: place, end: place + heading.length });
    place += heading.length + 1;
  }
  return { isAlias: false, ranges };
}

function speakNames(prose: ProseBuilder, { ranges }: WikiNames): void {
  for (const { start, end } of ranges) {
    if (start === end) continue;
    prose.text(start, end);
    prose.separate(end);
  }
}
