/**
 * What may follow an abbreviation's full stop inside the sentence:
 * - `name`: always something, a title's name or what is compared.
 * - `number`: a number; without one the word is an ordinary one (`No. 5`, `No. He left.`).
 * - `date`: a number, or one more of these (`Jan. 5`, `Mon. Jan. 5`, `5 ft. 2 in.`).
 * - `company`: may end a sentence; goes on unless a word follows that begins sentences (`Acme Inc. They …`).
 * - `list`: ends a sentence before a capital (`etc. The`), goes on before a small letter.
 */
export type AbbreviationKind = 'name' | 'number' | 'date' | 'company' | 'list';

/** Written in small letters: in any case. With a capital: only so, because the word is another one in small letters. */
const WORDS: Record<AbbreviationKind, string> = {
  name: `
    mr mrs ms mx dr drs prof profs messrs mme mmes mlle mlles rev revd hon sen sens rep reps gov supt
    gen col lt cpl capt cmdr adm sgt pvt brig insp atty assoc vs viz cf e.g i.e eg ie approx ca resp incl excl esp transl mt
    hr hrn frl dipl bzw bzgl vgl sog evtl ggf inkl exkl zzgl geb allg tel
    z.b z.t d.h u.a u.ä u.u o.ä o.g s.o s.u i.d.r i.a v.a v.chr n.chr
    p.s n.b p.ex c.-à-d env p.ej sra srta dña dn ud uds sig sigg dott avv exmo exma dhr mw mevr bijv o.a
    т.е т.к т.н ул им проф акад ср напр тел डॉ श्री
  `,
  number: `
    no nos n° fig figs p pp pg pgs vol vols ch chap chaps sec secs art arts eq eqs para paras ex exs pt pts ver vers v ed
    op bk bks tab tbl ref refs app suppl iss n nn l ll f ff c b d r S
    nr bd bde kap abb abs ziff tz anm rn jg aufl núm pág págs livr стр рис табл № п
  `,
  date: `
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    ft lb lbs hrs Okt Dez Mär janv févr avr juil déc ene abr ago dic
  `,
  company: `
    inc ltd co corp llc plc bros mfg cie dept univ assn inst intl st jr sr esq ph.d b.sc m.sc ed.d ll.b ll.m
    ave blvd rd hwy pkwy bldg Ala Ariz Ark Calif Colo Fla Kan Ky Md Mich Minn Mont Neb Nev Okla Tenn Tex Wis Wyo
    ee.uu г гг обл тыс
  `,
  list: `
    etc al usw uvm ecc enz ibid т.д т.п др руб коп max min avg est freq temp tech spec misc illus repr
    cm mm km kg oz yd mph kph mins yrs mos wks doz gal qt
  `,
};

/** `z. B.`, `d. h.`: those of single letters are often written with spaces; here without. */
export const SPACED_ABBREVIATION =
  /^(?:z\.b|z\.t|d\.h|u\.a|u\.u|u\.ä|o\.ä|o\.g|s\.o|s\.u|v\.a|i\.a|i\.d\.r|e\.g|i\.e|a\.d|p\.p|т\.е|т\.к|т\.н)$/iu;

/** A letter behind one of these is a name by itself: `vitamin C. Then`. */
export const LETTERED_NOUN =
  /^(?:plan|vitamin|option|grade|type|class|group|team|hepatitis|appendix|exhibit|drive|room|block|line|model|part|point|figure|section|table|step|side|series|variant)$/iu;

export const GERMAN_MONTH =
  /^(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)$/u;

let table: Map<string, AbbreviationKind> | undefined;

/** The kind of the word before a full stop, without it: `Mr`, `e.g`, `z.B`. */
export function abbreviationKind(word: string): AbbreviationKind | undefined {
  table ??= makeTable();
  return table.get(word) ?? table.get(word.toLowerCase());
}

function makeTable(): Map<string, AbbreviationKind> {
  const made = new Map<string, AbbreviationKind>();
  for (const [kind, words] of Object.entries(WORDS) as [AbbreviationKind, string][]) {
    for (const word of words.trim().split(/\s+/u)) if (!made.has(word)) made.set(word, kind);
  }
  return made;
}
