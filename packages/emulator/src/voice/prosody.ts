/** How an utterance departs from the voice's normal way of speaking: factors, 1 = unchanged. */
export type Prosody = {
  rate: number;
  pitch: number;
  /** Liveliness: how far the pitch moves around its middle. */
  range: number;
  volume: number;
  /** Share of breath noise, 0 (none) to 1 (a whisper, no tone left). */
  breath: number;
  /** Unsteadiness of the pitch, 0 to 1. */
  tremor: number;
};

/** A way of speaking Han characters that a request can ask for. */
export type RequestedLanguage = 'yue' | 'sichuan' | 'ja';

/** What words about the manner of speaking amount to. */
export type Direction = { prosody: Prosody; language?: RequestedLanguage; pauseMs: number };

export const neutralProsody: Prosody = {
  rate: 1,
  pitch: 1,
  range: 1,
  volume: 1,
  breath: 0,
  tremor: 0,
};

type Effect = Partial<Prosody> & { language?: RequestedLanguage; pauseMs?: number };

/**
 * The words understood, Chinese and English, label values of the service among them. A trailing `*` lets an English word go on
 * (`soft*`: softly, softer). Sizes are chosen so that each row is heard at once: a third in pace, 3 semitones, 4 dB and up.
 */
const vocabulary: readonly (readonly [words: string, effect: Effect])[] = [
  ['慢速|慢|缓慢|从容|slow*', { rate: 0.74 }],
  ['快速|快|急促|急切|fast*|quick*|rapid*|hurried*|rush*', { rate: 1.34 }],
  [
    '高兴|开心|快乐|愉快|欢快|欢乐|喜悦|微笑|笑|happ*|cheer*|joy*|smil*|delight*|laugh*',
    { rate: 1.1, pitch: 1.14, range: 1.5, volume: 1.1 },
  ],
  [
    '悲伤|难过|伤心|忧伤|哀伤|哭|哽咽|sad*|sorrow*|cry*|grie*|mourn*',
    { rate: 0.76, pitch: 0.88, range: 0.55, volume: 0.72 },
  ],
  [
    '沮丧|失落|低落|消沉|deject*|depress*|disappoint*',
    { rate: 0.8, pitch: 0.85, range: 0.5, volume: 0.65 },
  ],
  [
    '生气|愤怒|恼火|恼怒|暴怒|angr*|furious*|rag*|mad',
    { rate: 1.16, pitch: 1.08, range: 1.6, volume: 1.55 },
  ],
  ['撒娇|coquettish*|pout*', { rate: 0.9, pitch: 1.22, range: 1.7, volume: 0.95 }],
  [
    '恐惧|害怕|惊恐|紧张|颤抖|fear*|afraid|scared|frighten*|nervous*|trembl*',
    { rate: 1.2, pitch: 1.2, range: 0.8, volume: 0.75, tremor: 0.9 },
  ],
  [
    '惊讶|吃惊|惊喜|震惊|surpris*|astonish*|amaz*',
    { rate: 1.06, pitch: 1.25, range: 1.9, volume: 1.2 },
  ],
  [
    '兴奋|激动|热情|活力|活泼|元气|excit*|enthusias*|energetic*|lively',
    { rate: 1.22, pitch: 1.18, range: 1.75, volume: 1.3 },
  ],
  ['钦佩|敬佩|赞叹|admir*|respect*', { rate: 0.92, pitch: 1.06, range: 1.35, volume: 1.12 }],
  ['困惑|疑惑|不解|confus*|puzzl*|doubt*', { rate: 0.84, pitch: 1.1, range: 1.25, volume: 0.85 }],
  [
    '冷漠|冷淡|平淡|indifferent*|cold*|flat*|monoton*',
    { rate: 0.95, pitch: 0.94, range: 0.35, volume: 0.8 },
  ],
  ['平静|冷静|沉稳|平和|calm*|serene*', { rate: 0.88, range: 0.7, volume: 0.88 }],
  ['尴尬|awkward*|embarrass*', { rate: 0.82, pitch: 1.06, range: 0.7, volume: 0.7, tremor: 0.4 }],
  ['骄傲|自豪|proud*', { rate: 0.92, pitch: 1.04, range: 1.5, volume: 1.3 }],
  [
    '温柔|柔和|轻柔|温和|gentl*|tender*',
    { rate: 0.88, pitch: 1.03, range: 0.8, volume: 0.66, breath: 0.2 },
  ],
  ['甜美|可爱|sweet*|cute*', { rate: 0.96, pitch: 1.2, range: 1.35, volume: 0.9, breath: 0.15 }],
  ['豪爽|爽快|豪迈|bold*', { rate: 1.1, pitch: 0.93, range: 1.4, volume: 1.5 }],
  ['严肃|庄重|郑重|serious*|solemn*|stern*', { rate: 0.9, pitch: 0.88, range: 0.65, volume: 1.15 }],
  ['傲慢|arrogant*|haught*', { rate: 0.85, pitch: 0.95, range: 1.45, volume: 1.25 }],
  ['老年|苍老|年迈|elderly|old', { rate: 0.8, pitch: 0.86, range: 0.9, volume: 0.85, tremor: 1 }],
  ['吼叫|怒吼|喊|大喊|shout*|yell*|scream*', { rate: 1.1, pitch: 1.24, range: 1.5, volume: 1.9 }],
  ['阴阳怪气|讽刺|嘲讽|sarcas*|mock*', { rate: 0.84, pitch: 1.12, range: 2, volume: 1.05 }],
  ['磕巴|结巴|口吃|stutter*|stammer*', { rate: 0.7, range: 0.8, tremor: 0.8 }],
  ['疲惫|疲倦|困倦|tired*|sleepy|weary', { rate: 0.74, pitch: 0.9, range: 0.6, volume: 0.7 }],
  ['耳语|悄悄|低语|私语|气声|whisper*', { rate: 0.92, volume: 0.6, breath: 1 }],
  ['轻声|小声|低声|轻轻|安静|soft*|quiet*', { volume: 0.5, breath: 0.15 }],
  ['大声|响亮|洪亮|loud*', { volume: 1.7 }],
  ['高音|高亢|尖细|音调高|high pitch*|high-pitch*|higher', { pitch: 1.25 }],
  ['低音|低沉|深沉|音调低|low pitch*|low-pitch*|lower|deep*', { pitch: 0.8 }],
  ['停顿|暂停|pause*|break', { pauseMs: 600 }],
  ['粤语|广东话|白话|cantonese', { language: 'yue' }],
  ['四川话|川普|sichuan*', { language: 'sichuan' }],
  ['日语|日文|japanese', { language: 'ja' }],
];

type Keyword = { word: string; open: boolean; effect: Effect };

const keywords: readonly Keyword[] = vocabulary
  .flatMap(([words, effect]) =>
    words
      .split('|')
      .map((word) => ({ word: word.replace('*', ''), open: word.endsWith('*'), effect })),
  )
  // A long word is understood before a short one inside it: 愉快 is no 快.
  .sort((a, b) => b.word.length - a.word.length);

/** Within these, what several directions together ask for still is speech. */
const limits = {
  rate: [0.45, 2.2],
  pitch: [0.6, 1.6],
  range: [0.25, 3],
  volume: [0.25, 2.5],
} as const;

const negation =
  /(?:不要?|别|勿|莫|没有?|并非)(?:太|那么|这么|过于|过分)?$|\b(?:not|no|never|without|less|don't)(?:\s+(?:too|so|very|be|sound|speak|talk|overly))*\s*$/;
const intensifier =
  /(?:非常|极其|极度|极|特别|十分|超级|超|很|更)(?:地|的)?$|\b(?:very|extremely|really|super|so|much)\s+$/;
const diminisher =
  /(?:稍微|稍稍|稍|略微|略|有点儿?|有些)$|\b(?:slightly|somewhat|a bit|a little)\s+$/;

/**
 * Understands words about the manner of speaking: a label (`非常高兴`), an instruction (`用开心的语气，稍快一点`), the inside of an
 * inline direction (`whisper`). Words it does not know have no effect.
 */
export function understandDirection(words: string): Direction {
  let rest = words.toLowerCase();
  const direction: Direction = { prosody: { ...neutralProsody }, pauseMs: 0 };
  for (const { word, open, effect } of keywords) {
    for (let at = rest.indexOf(word); at >= 0; at = rest.indexOf(word, at + 1)) {
      if (!standsAlone(rest, at, word, open)) continue;
      const before = rest.slice(0, at);
      // Same length, so that later keywords still see what stood before them.
      rest = before + ' '.repeat(word.length) + rest.slice(at + word.length);
      if (negation.test(before)) continue;
      const strength = intensifier.test(before) ? 1.7 : diminisher.test(before) ? 0.55 : 1;
      apply(direction, effect, strength);
    }
  }
  return direction;
}

/** Both directions at once; where they contradict each other in language the second wins. */
export function combineDirections(first: Direction, second: Direction): Direction {
  const combined: Direction = { ...first, prosody: { ...first.prosody }, pauseMs: 0 };
  apply(combined, { ...second.prosody, ...(second.language && { language: second.language }) }, 1);
  return combined;
}

function apply(direction: Direction, effect: Effect, strength: number): void {
  const { prosody } = direction;
  for (const key of ['rate', 'pitch', 'range', 'volume'] as const) {
    const [least, most] = limits[key];
    prosody[key] = Math.min(most, Math.max(least, prosody[key] * (effect[key] ?? 1) ** strength));
  }
  for (const key of ['breath', 'tremor'] as const) {
    prosody[key] = Math.min(1, Math.max(prosody[key], (effect[key] ?? 0) * strength));
  }
  if (effect.language) direction.language = effect.language;
  direction.pauseMs = Math.max(direction.pauseMs, effect.pauseMs ?? 0);
}

/** English keywords are whole words, or their beginnings when `open`; Chinese has no word boundaries to check. */
function standsAlone(text: string, at: number, word: string, open: boolean): boolean {
  if (!/^[a-z]/.test(word)) return true;
  const before = text[at - 1] ?? ' ';
  const after = text[at + word.length] ?? ' ';
  return !/[a-z]/.test(before) && (open || !/[a-z]/.test(after));
}
