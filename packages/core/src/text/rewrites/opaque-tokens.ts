import type { MappedText } from '../mapped-text.ts';
import { editSpoken, type SpokenEdit } from './edit-spoken.ts';

/**
 * Shortens what nobody listens to: hashes and other long hexadecimal numbers, UUIDs, Base64. The first four characters
 * stay, behind a word that says what it is: `hash 3f2a…`.
 */
export function shortenOpaqueTokens(spoken: MappedText, language: 'en' | 'zh'): MappedText {
  const { text } = spoken;
  if (!HINT.test(text)) return spoken;
  const edits: SpokenEdit[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const prefix = /^(?:(?:sha-?\d{1,3}|md5)[-:=_]|0x)/iu.exec(match[0])?.[0].length ?? 0;
    const token = match[0].slice(prefix);
    const kind = kindOf(token);
    if (kind === undefined) continue;
    const start = match.index + prefix;
    const named = prefix > 0 || NAMED.test(text.slice(Math.max(0, match.index - 16), match.index));
    if (!named) edits.push({ start, end: start, words: `${NAMES[language][kind]} ` });
    edits.push({ start: start + SHOWN, end: start + token.length, words: '…' });
  }
  return editSpoken(spoken, edits);
}

/** How many characters tell one hash from its neighbours by ear. */
const SHOWN = 4;
const HINT = /[\da-z+/_=-]{16}/iu;
const TOKEN =
  /data:[\w/+.-]{0,60};base64,[\da-z+/=_-]+|(?:sha-?\d{1,3}[-:=_]|md5[-:=_]|0x)?(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}(?![\da-z])|[\da-z+/_-]{16,}={0,2}(?:\.[\da-z_-]{16,}){0,2})/giu;
const NAMED =
  /(?:hash|commit|checksum|digest|uuid|guid|token|data|id|哈希值?|校验和|提交|编号|数据)[\s:：=#"'“`]{0,4}$/iu;
const NAMES = {
  en: { hash: 'hash', uuid: 'ID', base64: 'data' },
  zh: { hash: '哈希', uuid: '编号', base64: '数据' },
} as const;

function kindOf(token: string): 'hash' | 'uuid' | 'base64' | undefined {
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(token)) return 'uuid';
  if (/^[\da-f]{16,}$/iu.test(token)) return isMixed(token) ? 'hash' : undefined;
  if (/^data:[^,]*;base64,/iu.test(token)) return 'base64';
  return isBase64(token) ? 'base64' : undefined;
}

/** A number has no letters, and no word of the letters a to f is that long. */
function isMixed(token: string): boolean {
  return /\d/u.test(token) && /[a-f]/iu.test(token);
}

/**
 * Identifiers and paths are made of words, and a word has three small letters in a row; of random Base64 only a fifth lies
 * in such rows.
 */
function isBase64(token: string): boolean {
  if (token.length < 32 || !/\d.*\d/u.test(token)) return false;
  if (!/[a-z]/u.test(token) || !/[A-Z]/u.test(token)) return false;
  let inWords = 0;
  for (const { 0: word } of token.matchAll(/[a-z]{3,}/gu)) inWords += word.length;
  return inWords / token.length < 0.35;
}
