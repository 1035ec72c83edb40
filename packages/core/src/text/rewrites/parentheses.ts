import type { MappedText } from '../mapped-text.ts';
import { editSpoken, type SpokenEdit } from './edit-spoken.ts';

/**
 * Takes every parenthesis out of a text and puts pauses in: `word (an aside) word` becomes `word, an aside, word`. For
 * voices to which a text in parentheses is a direction that they follow in silence.
 *
 * No comma stands beside another mark or at the text's ends. A call (`main()`, `f(x)`), an ending (`word(s)`,
 * `(re)build`) and an emoticon get none either. Linear.
 */
export function rewriteParentheses(spoken: MappedText): MappedText {
  const { text } = spoken;
  if (!PARENTHESIS.test(text)) return spoken;
  return editSpoken(spoken, new ParenthesisRewrite(text).edits());
}

const PARENTHESIS = /[()（）﹙﹚︵︶⁽⁾₍₎❨❩⦅⦆｟｠⸨⸩]/u;
const OPENING = '(（﹙︵⁽₍❨⦅｟⸨';
const HALF_WIDTH = '()⁽⁾₍₎❨❩';

type Role =
  /** An aside: pauses around it. */
  | 'aside'
  /** Belongs to the word before or behind it. */
  | 'joined'
  /** The arguments of a call: a space in place of the opening one. */
  | 'call'
  /** A face, or nothing but marks: not spoken. */
  | 'dropped';

type Parenthesis = {
  readonly place: number;
  readonly opens: boolean;
  partner: Parenthesis | undefined;
  role: Role;
  /** Of what is dropped: from where and up to where. */
  from: number;
  to: number;
  /** The comma in the script of what stands around; a pair has the same. */
  comma: ',' | '，' | undefined;
};

class ParenthesisRewrite {
  readonly #text: string;
  readonly #parentheses: Parenthesis[] = [];
  readonly #edits: SpokenEdit[] = [];
  /** The last character that is spoken before the place reached, white space aside. */
  #before = '';
  #place = 0;
  /** Behind the last character that is spoken for sure. */
  readonly #end: number;

  constructor(text: string) {
    this.#text = text;
    let end = text.length;
    while (end > 0 && /[\s()（）]/u.test(text.charAt(end - 1))) end -= 1;
    this.#end = end;
  }

  edits(): readonly SpokenEdit[] {
    this.#find();
    this.#pair();
    for (const parenthesis of this.#parentheses) parenthesis.role = this.#roleOf(parenthesis);
    for (const parenthesis of this.#parentheses) {
      if (parenthesis.place < this.#place) continue;
      if (parenthesis.role === 'dropped') this.#drop(parenthesis);
      else if (parenthesis.opens) this.#open(parenthesis);
      else this.#close(parenthesis);
    }
    return this.#edits;
  }

  #find(): void {
    for (const { index, 0: mark } of this.#text.matchAll(new RegExp(PARENTHESIS, 'gu'))) {
      const opens = OPENING.includes(mark);
      this.#parentheses.push({
        place: index,
        opens,
        partner: undefined,
        role: 'aside',
        from: index,
        to: index + 1,
        comma: undefined,
      });
    }
  }

  #pair(): void {
    const open: Parenthesis[] = [];
    for (const parenthesis of this.#parentheses) {
      if (this.#isFace(parenthesis)) continue;
      if (parenthesis.opens) open.push(parenthesis);
      else {
        const partner = open.pop();
        parenthesis.partner = partner;
        if (partner !== undefined) partner.partner = parenthesis;
      }
    }
  }

  /** Whether a parenthesis is the mouth of an emoticon that stands by itself: ` :)`, ` ;-(`. */
  #isFace({ place, opens }: Parenthesis): boolean {
    const eyes = this.#eyesBefore(place);
    if (eyes === undefined) return false;
    const standsAlone = eyes === 0 || /[\s(（]/u.test(this.#text.charAt(eyes - 1));
    // `see :(a) and (b)` is a list; a sad face has nothing right behind it.
    return (
      standsAlone &&
      (!opens || /^(?:[\s.,!?。，！？()（）]|$)/u.test(this.#text.slice(place + 1, place + 2)))
    );
  }

  /** Where the eyes of an emoticon begin whose mouth stands here. */
  #eyesBefore(place: number): number | undefined {
    const face = /[:;=][’'，]?[-^o]?[()（）]{0,8}$/u.exec(
      this.#text.slice(Math.max(0, place - 11), place),
    );
    return face === null ? undefined : place - face[0].length;
  }

  #roleOf(parenthesis: Parenthesis): Role {
    const { place, opens, partner } = parenthesis;
    if (partner === undefined) {
      const eyes = this.#eyesBefore(place);
      if (eyes === undefined) return 'aside';
      parenthesis.from = eyes;
      return 'dropped';
    }
    if (!opens) return partner.role === 'dropped' ? 'aside' : partner.role;
    const inside = this.#text.slice(place + 1, Math.min(partner.place, place + 1 + INSIDE_LIMIT));
    if (partner.place - place > INSIDE_LIMIT) return 'aside';
    if (!/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(inside) || KAOMOJI.test(inside)) {
      parenthesis.from =
        place -
        /[\\/_¯╯╰ヽノ┐┌ʕ]*$/u.exec(this.#text.slice(Math.max(0, place - 4), place))![0].length;
      parenthesis.to = partner.place + 1;
      parenthesis.to += /^[\\/_¯╯╰︵┻━┳ヽノ┐┌ʔ]*/u.exec(
        this.#text.slice(parenthesis.to, parenthesis.to + 8),
      )![0].length;
      return 'dropped';
    }
    if (!HALF_WIDTH.includes(this.#text.charAt(place))) return 'aside';
    return this.#roleInWord(place, inside, this.#text.charAt(partner.place + 1));
  }

  #roleInWord(place: number, inside: string, behind: string): Role {
    const before = this.#text.charAt(place - 1);
    const attached = /[\p{Script=Latin}\d_$\]]/u.test(before);
    if (attached && /^(?:s|es|ren|n’t|n't)$/u.test(inside) && /\p{Ll}/u.test(before))
      return 'joined';
    if (!attached && /^\p{Script=Latin}{1,6}-?$/u.test(inside) && /^\p{Ll}$/u.test(behind))
      return 'joined';
    if (attached && CALL_ARGUMENTS.test(inside)) return 'call';
    // Functions of mathematics have names of one letter: `O(n log n)`, `P(A und B)`.
    if (attached && ONE_LETTER.test(this.#text.slice(Math.max(0, place - 2), place))) return 'call';
    return 'aside';
  }

  #drop({ from, to }: Parenthesis): void {
    const start = Math.max(this.#place, this.#spacesBefore(from));
    const joined = this.#wouldJoin(start, to) ? ' ' : '';
    this.#edit(start, to, joined);
  }

  #open(parenthesis: Parenthesis): void {
    const { place, role } = parenthesis;
    const start = Math.max(this.#place, this.#spacesBefore(place));
    this.#advance(start);
    const end = this.#spacesBehind(place + 1);
    const spaces = this.#text.slice(start, place);
    if (role === 'joined') return this.#edit(place, end, '');
    if (role === 'call') return this.#edit(place, end, ' ');
    parenthesis.comma = this.#comma(parenthesis);
    const mark = this.#commaFits() ? parenthesis.comma : '';
    let gap = start < this.#end ? spaces : '';
    if (mark !== '' && !/[\r\n]/u.test(spaces)) gap = mark === ',' ? ' ' : '';
    if (mark === '' && gap === '' && this.#needsGap(end)) gap = ' ';
    this.#edit(start, end, mark + gap);
  }

  #close(parenthesis: Parenthesis): void {
    const { place, role, partner } = parenthesis;
    const start = Math.max(this.#place, this.#spacesBefore(place));
    this.#advance(start);
    const next = this.#spacesBehind(place + 1);
    const behind = this.#text.charAt(next);
    const attached = next === place + 1;
    if (role === 'joined') return this.#edit(start, place + 1, '');
    const bare =
      role === 'call' || behind === '' || NO_COMMA_BEFORE.test(behind) || !this.#commaFits();
    const mark = bare ? '' : (partner?.comma ?? this.#comma(parenthesis));
    const gap =
      attached && /[\p{L}\p{N}]/u.test(behind) && mark !== '，' && this.#needsSpace(behind)
        ? ' '
        : '';
    this.#edit(start, place + 1, mark + gap);
  }

  #needsSpace(behind: string): boolean {
    return !CJK.test(behind) || !CJK.test(this.#before);
  }

  /** Whether an opening parenthesis without a space before it was all that parted two words, or a mark from a word. */
  #needsGap(end: number): boolean {
    const behind = this.#text.charAt(end);
    return (
      /[\p{L}\p{N},.;:!?]/u.test(this.#before) &&
      /[\p{L}\p{N}]/u.test(behind) &&
      this.#needsSpace(behind)
    );
  }

  /** Whether leaving out a stretch would make one word of two. */
  #wouldJoin(start: number, end: number): boolean {
    return (
      /[\p{L}\p{N}]/u.test(this.#text.charAt(start - 1)) &&
      /[\p{L}\p{N}]/u.test(this.#text.charAt(end)) &&
      !CJK.test(this.#text.charAt(end))
    );
  }

  #comma({ place, partner }: Parenthesis): ',' | '，' {
    if (!HALF_WIDTH.includes(this.#text.charAt(place))) return '，';
    const behind =
      partner === undefined ? '' : this.#text.charAt(this.#spacesBehind(partner.place + 1));
    return CJK.test(this.#before === '' ? behind : this.#before) ? '，' : ',';
  }

  #commaFits(): boolean {
    return this.#before !== '' && this.#place < this.#end && !NO_COMMA_AFTER.test(this.#before);
  }

  #spacesBefore(place: number): number {
    let start = place;
    while (start > this.#place && /\s/u.test(this.#text.charAt(start - 1))) start -= 1;
    return start;
  }

  #spacesBehind(place: number): number {
    let end = place;
    while (/\s/u.test(this.#text.charAt(end))) end += 1;
    return end;
  }

  /** Goes on to a place over text that stays as it is. */
  #advance(end: number): void {
    for (let place = end - 1; place >= this.#place; place -= 1) {
      const character = this.#text.charAt(place);
      if (/\s/u.test(character)) continue;
      this.#before = character;
      break;
    }
    this.#place = Math.max(this.#place, end);
  }

  #edit(start: number, end: number, words: string): void {
    this.#advance(start);
    this.#edits.push({ start, end, words });
    const last = words.trim().at(-1);
    if (last !== undefined) this.#before = last;
    this.#place = end;
  }
}

/** Longest text in parentheses that is looked at as a whole: calls and faces are short. */
const INSIDE_LIMIT = 120;
const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u;
const NO_COMMA_AFTER = /[-,.;:!?…—–，。；：！？、·([{（【《〈「『“‘/\\|<>~～*+=^]/u;
const NO_COMMA_BEFORE = /[-,.;:!?…—–，。；：！？、()（）\]}】》〉」』”’"'/*+=^]/u;
/** Tokens without a space, or several with commas between. */
const CALL_ARGUMENTS = /^[!-+\--~]+(?:,\s?[!-+\--~]+)*$/u;
const ONE_LETTER = /(?:^|[^\p{L}\p{N}])\p{Script=Latin}$/u;
/** Faces drawn with a letter or two: `ツ`, `T_T`, `o.o`. */
const KAOMOJI =
  /^\s*(?:ツ|(?:[oOTtQqxXuUvV0nN><^ー￣°•・][_.ω﹏△Д▽ᴥ∀-]+[oOTtQqxXuUvV0nN><^ー￣°•・;；]+))\s*$/u;
