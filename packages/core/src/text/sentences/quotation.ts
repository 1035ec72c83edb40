import { wordAt } from './following.ts';
import type { Lookahead } from './lookahead.ts';
import { isCjkLetter } from './marks.ts';

/** Hiragana that go on behind a quotation: と言った, って, という, は, が … */
const JAPANESE_PARTICLES = 'とっなをがのはにへもでやから';
/** How words begin that start with one of these letters, but also a sentence. */
const JAPANESE_OPENINGS =
  /^(?:とても|ところ|とにかく|とりあ|ときどき|はい|はじめ|もう|もし|もちろん|もっと|でも|では|です|やはり|やっぱ|やがて|かつて|かれ|かのじ|がんば|なぜ|なに|なん|にわ|のち|らく)/u;
const LONGEST_OPENING = 4;
/** Chinese words that go on behind a quotation, be it the attribute's particle or one more item. */
const CHINESE_PARTICLES = '的地得等之';
const CHINESE_SAYING = '说說道问問喊叫答笑骂罵嚷吼曰喃嘀叹嘆';
/** Before 道 these make other words of it: 知道, 难道, 味道. */
const CHINESE_WAY = '知难難味街';
/** Who does not speak is none who is quoted: 没有人回答. */
const CHINESE_NOT = '没沒不无無';
/** Letters of a name or a pronoun before the verb: 他说, 小明问, 老师笑着说. */
const LONGEST_SPEAKER = 6;

/** Whether the sentence goes on behind a closing quote without a space: 「…。」と言った, “……？”他问. */
export function goesOnBehindQuotation(ahead: Lookahead, at: number): boolean {
  const first = ahead.at(at);
  if (first < 0) return false;
  const letter = String.fromCharCode(first);
  if (isHiragana(first)) {
    return JAPANESE_PARTICLES.includes(letter) && !JAPANESE_OPENINGS.test(lettersAt(ahead, at));
  }
  if (CHINESE_PARTICLES.includes(letter)) return true;
  for (let index = at; index < at + LONGEST_SPEAKER; index += 1) {
    const code = ahead.at(index);
    if (!isCjkLetter(code) || CHINESE_NOT.includes(String.fromCharCode(code))) return false;
    if (isSaying(ahead, index)) return true;
  }
  return false;
}

/** 他说。 and 小明问道：, but neither 没人知道 nor 问题: the verb stands before a mark, or before 道. */
function isSaying(ahead: Lookahead, at: number): boolean {
  if (!CHINESE_SAYING.includes(String.fromCharCode(ahead.at(at)))) return false;
  if (CHINESE_WAY.includes(String.fromCharCode(ahead.at(at - 1)))) return false;
  const next = ahead.at(at + 1);
  return !isCjkLetter(next) || next === 0x9053;
}

const ENGLISH_SAYING =
  /^(?:said|says|asked|asks|cried|called|replied|answered|shouted|yelled|screamed|whispered|exclaimed|demanded|murmured|muttered|added|wondered|thought|repeated|snapped|roared|gasped|laughed|sighed)$/u;
/** Behind one of these, a verb rather begins a sentence of its own: `"Stop!" He said nothing.` */
const PRONOUN = /^(?:He|She|It|They|We|You|Nobody|Everyone)$/u;

/** Whether a name and its verb stand behind an asking or calling quotation: `"Why?" John asked`, `"Stop!" I cried`. */
export function isAttributed(ahead: Lookahead, at: number): boolean {
  const name = wordAt(ahead, at);
  if (name === '' || PRONOUN.test(name)) return false;
  const space = at + name.length;
  return ahead.at(space) === 0x20 && ENGLISH_SAYING.test(wordAt(ahead, space + 1));
}

/** As many hiragana as tell how a sentence begins. */
function lettersAt(ahead: Lookahead, at: number): string {
  let end = at;
  while (end < at + LONGEST_OPENING && isHiragana(ahead.at(end))) end += 1;
  return ahead.text.slice(at, end);
}

function isHiragana(code: number): boolean {
  return code >= 0x3041 && code <= 0x309f;
}
