import type { MappedText } from '../mapped-text.ts';
import type { Policy } from '../speakable-options.ts';
import { editSpoken, type SpokenEdit } from './edit-spoken.ts';

/**
 * Says bare addresses as a listener wants them: `https://www.example.com/docs/get-started?x=1` becomes
 * `example.com docs get started`. E-mail addresses and names of hosts without a path stay as they are.
 *
 * @param options `policy`: `read` as above, `announce` the word "link" and the host, `skip` nothing.
 */
export function rewriteLinks(
  spoken: MappedText,
  options: { policy: Policy; language: 'en' | 'zh' },
): MappedText {
  const { text } = spoken;
  if (!HINT.test(text)) return spoken;
  const edits: SpokenEdit[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const start = match.index;
    // The middle of an e-mail address, or of a word.
    if (start > 0 && /[\p{Script=Latin}\p{N}@_.-]/u.test(text.charAt(start - 1))) continue;
    edits.push(...linkEdits(text, start, start + trimmedLength(match[0]), options));
  }
  return editSpoken(spoken, edits);
}

const HINT = /:\/\/|www\.|mailto:|\.[a-z]{2,6}\//iu;

/** What may stand in an address: ASCII as RFC 3986 has it, and Latin letters with marks. Chinese goes on without a space. */
const TAIL = String.raw`[!#-;=?-\[\]_a-z~\u00c0-\u024f]`;
const KNOWN_DOMAINS =
  'com|org|net|io|dev|ai|app|edu|gov|me|co|info|xyz|cn|tw|hk|jp|kr|uk|de|fr|ru|eu|us';
/** The number of labels is bounded, so that `a.a.a.…` costs no quadratic time. */
const ADDRESS = new RegExp(
  [
    String.raw`[a-z][a-z\d+.-]{1,20}:\/\/(?:${TAIL}+|\p{L}[\p{L}\p{N}.-]*${TAIL}*)`,
    String.raw`www\.(?=[\p{L}\p{N}])${TAIL}+`,
    String.raw`mailto:${TAIL}+`,
    String.raw`(?:[a-z\d-]{1,63}\.){1,5}(?:${KNOWN_DOMAINS})\/${TAIL}*`,
  ].join('|'),
  'giu',
);

/** Length of an address without the marks of the sentence around it. */
function trimmedLength(address: string): number {
  let open = 0;
  for (const character of address) open += character === '(' ? 1 : character === ')' ? -1 : 0;
  let length = address.length;
  for (; length > 0; length -= 1) {
    const last = address.charAt(length - 1);
    if (last === ')' && open < 0) open += 1;
    else if (!/[.,;:!?'*_~\]]/u.test(last)) break;
  }
  return length;
}

function linkEdits(
  text: string,
  start: number,
  end: number,
  { policy, language }: { policy: Policy; language: 'en' | 'zh' },
): SpokenEdit[] {
  const parts = /^(?:([a-z][a-z\d+.-]*):(?:\/\/)?)?([^/?#]*)([^?#]*)/iu.exec(
    text.slice(start, end),
  )!;
  const scheme = parts[1]?.toLowerCase();
  if (scheme === 'mailto') return [{ start, end: start + 'mailto:'.length, words: '' }];
  const authority = parts[2]!;
  const path = parts[3]!;
  const isAddress =
    scheme === undefined ? authority.includes('.') : authority !== '' || path !== '';
  if (!isAddress) return [];
  if (policy === 'skip') {
    const spaced =
      /\s/u.test(text.charAt(start - 1)) && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 1));
    return [{ start: spaced ? start - 1 : start, end, words: '' }];
  }
  const link = language === 'zh' ? '链接' : 'link';
  if (scheme !== undefined && !/^(?:https?|wss?|s?ftps?|file)$/u.test(scheme)) {
    return [{ start, end, words: language === 'zh' ? `${scheme}${link}` : `${scheme} ${link}` }];
  }
  const words =
    policy === 'read'
      ? pathWords(path)
          .map((word) => ` ${word}`)
          .join('')
      : '';
  // Chinese words of a path, which are no part of the address by the letter.
  const gap =
    /[/=_-]$/u.test(text.slice(start, end)) && /^\p{L}/u.test(text.slice(end, end + 2)) ? ' ' : '';
  const host = hostRange(authority);
  if (host.start === host.end) return [{ start, end, words: (words.trim() || link) + gap }];
  const hostStart = start + parts[0].length - path.length - authority.length + host.start;
  const announced = language === 'zh' ? `${link} ` : `${link} to `;
  const edits = [
    { start, end: hostStart, words: policy === 'announce' ? announced : '' },
    {
      start: hostStart + host.end - host.start,
      end,
      words: words + gap,
    },
  ];
  return edits.filter((edit) => edit.start < edit.end || edit.words !== '');
}

/** The host in an authority: no name and password, no `www.`, a port only where the host is this machine or a number. */
function hostRange(authority: string): { start: number; end: number } {
  let start = authority.lastIndexOf('@') + 1;
  start += /^(?:www\.)+(?=[^.])/iu.exec(authority.slice(start))?.[0].length ?? 0;
  const port = /:\d*$/u.exec(authority.slice(start));
  if (port === null) return { start, end: authority.length };
  const host = authority.slice(start, start + port.index);
  const needsPort = port[0].length > 1 && /^(?:localhost|[\d.]+|\[.*\])$/iu.test(host);
  return { start, end: needsPort ? authority.length : start + port.index };
}

/** Words of a path that mean something to a listener: at most three, no numbers of a database, no codes. */
function pathWords(path: string): string[] {
  const words: string[] = [];
  for (const segment of path.split('/', 32)) {
    if (words.length === 3) break;
    const word = decode(segment)
      .replace(/\.(?:html?|php|aspx?|jsp)$/iu, '')
      .replaceAll(/[\s_+-]+/gu, ' ')
      .trim();
    if (word.length > 40 || /^(?:index|)$/iu.test(word) || /^[a-z]$/u.test(word)) continue;
    if (!/^[\p{L}\p{N}][\p{L}\p{N} .]*[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u.test(word)) continue;
    if (/\d{7}|\.\.|[\p{L}]\d+\p{L}+\d|\d\p{L}+\d+\p{L}/u.test(word)) continue;
    words.push(word);
  }
  return words;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
