import type { CastNames } from './cast-names.ts';
import type { TextRange } from './text-range.ts';

const PAIRS: Readonly<Record<string, string>> = {
  '“': '”',
  '「': '」',
  '『': '』',
  '«': '»',
  '„': '“',
};

/** The outermost quotations of a text with their marks; one that is never closed is none. */
export function quotesIn(text: string): TextRange[] {
  const quotes: TextRange[] = [];
  let start = -1;
  let depth = 0;
  let open = '';
  let close = '';
  // A straight mark opens and closes alike: an odd number of them says nothing.
  const straight = text.split('"').length % 2 === 1;
  for (const match of text.matchAll(/[“”„「」『』«»"]/gu)) {
    const mark = match[0];
    if (depth > 0 && mark === close) {
      depth -= 1;
      if (depth === 0) quotes.push({ start, end: match.index + 1 });
    } else if (depth > 0) depth += mark === open ? 1 : 0;
    else if (mark === '"' ? straight : mark in PAIRS) {
      start = match.index;
      depth = 1;
      open = mark;
      close = mark === '"' ? '"' : PAIRS[mark]!;
    }
  }
  return quotes;
}

/**
 * Who speaks each quotation, as the words beside it in the same sentence say: a name at the beginning of its clause with
 * a word of speaking, before or after the quotation. Where a passage names one speaker and nobody else, the passage's other
 * quotations that are sentences are theirs too.
 */
export function quoteSpeakers(
  text: string,
  quotes: readonly TextRange[],
  names: CastNames,
): (string | undefined)[] {
  const patterns = attributionPatterns(names);
  const speakers = quotes.map((quote, index) => {
    const from = Math.max(quotes[index - 1]?.end ?? 0, quote.start - REACH);
    // What is cut off must not look like the beginning of a clause.
    const before = (from === quote.start - REACH ? 'x' : '') + text.slice(from, quote.start);
    const nextStart = quotes[index + 1]?.start ?? text.length;
    const after = text.slice(quote.end, Math.min(nextStart, quote.end + REACH));
    const last = text.charAt(quote.end - 2);
    const written =
      nameBefore(before, patterns) ??
      nameAfter(after, last, nextStart <= quote.end + REACH && nextStart < text.length, patterns);
    return written === undefined ? undefined : names.find(written);
  });
  return spreadToSentences(text, quotes, speakers, names);
}

/** Longest way from a quotation to the name of its speaker. */
const REACH = 80;

type Patterns = { before: readonly RegExp[]; after: readonly RegExp[] };

const SAY =
  '(?:sa(?:id|ys)|ask(?:ed|s)|repl(?:ied|ies)|answer(?:ed|s)|shout(?:ed|s)|yell(?:ed|s)|cr(?:ied|ies)|whisper(?:ed|s)|' +
  'murmur(?:ed|s)|mutter(?:ed|s)|add(?:ed|s)|continue[ds]|call(?:ed|s)|exclaim(?:ed|s)|explain(?:ed|s)|agree[ds]|' +
  'admit(?:ted|s)|announce[ds]|declare[ds]|demand(?:ed|s)|insist(?:ed|s)|repeat(?:ed|s)|respond(?:ed|s)|scream(?:ed|s)|' +
  'sigh(?:ed|s)|snap(?:ped|s)|began|begins)';
const MANNER = '(?:quietly|softly|loudly|again|back|\\p{L}+ly)';
const LEAD = '(?:then|and|but|so|finally|suddenly|now|later|at last|still|yet)';
const SAY_ZH =
  '(?:(?:自言自语|喃喃自语|补充|解释|回答|反驳|反问|追问|宣布|建议|提议|继续说|接着说|嘀咕|嘟囔|低语|大叫|大喊|喊叫|说|问|喊|叫|答|嚷|吼|骂|笑|哭|叹)道?|道)(?:着|了?一[句声]|起来)?';
const MANNER_ZH =
  '(?:[^的听见看让使令被，。！？：；、\\s“”「」『』]{1,6}地|连忙|赶紧|赶忙|急忙|忽然|突然|终于|又|也|就|便|才|再|还|只好|低声|大声|小声|轻声|高声|悄声|厉声|柔声|齐声|微笑着?|笑着|哭着|笑了?笑|点点头|点了点头|摇摇头|摇了摇头|想了想|接着|继续|忍不住|[对向跟朝冲][^的，。！？：；\\s“”「」『』]{1,6}|，)';

function attributionPatterns({ pattern }: CastNames): Patterns {
  const clause = '(?:^\\s*|[.!?;,…—。！？；，”"」』\\n]\\s*)';
  const name = `(${pattern})(?![\\p{L}\\p{N}'’])`;
  return {
    before: [
      new RegExp(
        `${clause}(?:${LEAD},?\\s+)?${name}\\s+(?:${MANNER}\\s+)?${SAY}(?:\\s+${MANNER})?\\s*[,:]\\s*$`,
        'iu',
      ),
      new RegExp(`${clause}${SAY}\\s+${name}(?:\\s+${MANNER})?\\s*[,:]\\s*$`, 'iu'),
      new RegExp(`${clause}\\s*(${pattern})${MANNER_ZH}{0,3}${SAY_ZH}\\s*[：:，,]?\\s*$`, 'iu'),
      new RegExp(`${clause}\\s*(${pattern})\\s*[：:]\\s*$`, 'iu'),
    ],
    after: [
      new RegExp(
        `^\\s*${SAY}\\s+${name}(?!\\s+and\\s+\\p{L})(?=(\\s+${MANNER})?\\s*(?:[.,;:!?—]|$|\\s))`,
        'iu',
      ),
      new RegExp(
        `^\\s*${name}\\s+(?:${MANNER}\\s+)?${SAY}(?=(?:\\s+${MANNER})?\\s*(?:[.,;:!?—]|$|\\s(?:to|as|with|from|while|when|in)\\s))`,
        'iu',
      ),
      new RegExp(`^\\s*(${pattern})${MANNER_ZH}{0,3}${SAY_ZH}(?=\\s*(?:[。，；！？：:,]|$))`, 'iu'),
    ],
  };
}

function nameBefore(before: string, { before: patterns }: Patterns): string | undefined {
  for (const pattern of patterns) {
    const name = pattern.exec(before)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

function nameAfter(
  after: string,
  lastOfQuote: string,
  isBetweenQuotes: boolean,
  { after: patterns }: Patterns,
): string | undefined {
  // `“…” Alice said: “…”` announces the next quotation.
  if (isBetweenQuotes && /[:：]\s*$/u.test(after)) return undefined;
  for (const pattern of patterns) {
    const match = pattern.exec(after);
    const name = match?.[1];
    if (name === undefined) continue;
    // `said Alice Smith` is somebody else.
    if (/^\s+\p{Lu}/u.test(after.slice(match![0].length))) continue;
    // In English a full stop ends what belongs together; `“Stop.” Alice said nothing` is two sentences.
    if (lastOfQuote === '.' && /[\p{Script=Latin}]/u.test(after.slice(0, 40))) return undefined;
    return name;
  }
  return undefined;
}

function spreadToSentences(
  text: string,
  quotes: readonly TextRange[],
  speakers: readonly (string | undefined)[],
  names: CastNames,
): (string | undefined)[] {
  const [only, ...others] = new Set(speakers.filter((speaker) => speaker !== undefined));
  if (only === undefined || others.length > 0) return [...speakers];
  let narration = '';
  let place = 0;
  for (const { start, end } of quotes) {
    narration += `${text.slice(place, start)}\n`;
    place = end;
  }
  narration += text.slice(place);
  for (const { 0: written } of narration.matchAll(new RegExp(names.pattern, 'giu'))) {
    if (names.find(written) !== only) return [...speakers];
  }
  return speakers.map((speaker, index) => {
    const { start, end } = quotes[index]!;
    const isSentence = /[.,!?…—，。！？]$/u.test(text.slice(start, end - 1));
    return speaker ?? (isSentence ? only : undefined);
  });
}
