import { NUMBER_PATTERN, readNumber } from './number-words.ts';

type Operator = '+' | '-' | '*' | '/';
type Token = { type: 'number'; value: number } | { type: Operator | '(' | ')' };

const WORDS: readonly [pattern: RegExp, operator: Operator][] = [
  [/^(?:plus|added to|and(?=\s)|加上?|＋|\+)/i, '+'],
  [/^(?:minus|less|减去?|－|−|-)/i, '-'],
  [/^(?:times|multiplied by|乘以?|x(?=\s*[\d(])|×|\*)/i, '*'],
  [/^(?:divided by|over|除以|÷|\/)/i, '/'],
];
const QUESTION =
  /^(?:(?:please|now|so|hey|and|can you|could you|tell me|calculate|compute|work out|solve|what\s*is|what's|whats|how much is|请问|请|你知道|能不能|你|能|可以|我想知道|告诉我|帮我|计算|算一下|算算|算)[\s,，:：]*)+/i;
const ASKED =
  /[\s,，]*(?:equals?|is|make|等于|是|得)?\s*(?:how much|what|多少|几)?\s*[吗呢啊呀]?\s*(?:please)?[\s=＝?？.。!！]*$/i;
const NUMBER = new RegExp(`^${NUMBER_PATTERN}`, 'iu');
/** Deeper nesting is nobody's question. */
const LONGEST = 200;

export type Sum = {
  /** What was to be worked out, as it was said. */
  expression: string;
  /** `undefined` for a division by zero. */
  value: number | undefined;
};

/** Works out a question that is nothing but arithmetic, in digits or words; `undefined` for any other. */
export function findSum(text: string): Sum | undefined {
  if (text.length > LONGEST) return undefined;
  const expression = text.trim().replace(QUESTION, '').replace(ASKED, '');
  const tokens = tokenize(expression);
  if (tokens === undefined || !tokens.some(({ type }) => '+-*/'.includes(type))) return undefined;
  const parser = new Parser(tokens);
  const value = parser.parse();
  if (value === undefined) return undefined;
  return { expression, value: Number.isFinite(value) ? tidy(value) : undefined };
}

/** Without what binary fractions leave behind: 0.1 + 0.2 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function tokenize(expression: string): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = expression.trimStart();
  while (rest !== '') {
    const number = NUMBER.exec(rest)?.[0];
    const value = number === undefined ? undefined : readNumber(number);
    if (number !== undefined && value !== undefined) {
      tokens.push({ type: 'number', value });
      rest = rest.slice(number.length).trimStart();
      continue;
    }
    const bracket = /^[()（）]/.exec(rest)?.[0];
    const found = WORDS.map(([pattern, type]) => ({ type, word: pattern.exec(rest)?.[0] })).find(
      ({ word }) => word !== undefined,
    );
    if (bracket !== undefined) tokens.push({ type: '(（'.includes(bracket) ? '(' : ')' });
    else if (found !== undefined) tokens.push({ type: found.type });
    else return undefined;
    rest = rest.slice(bracket?.length ?? found?.word?.length).trimStart();
  }
  return tokens;
}

/** Precedence climbing over four operators and brackets; answers `undefined` for what is no whole expression. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): number | undefined {
    const value = this.#sum();
    return this.#at === this.#tokens.length ? value : undefined;
  }

  #sum(): number | undefined {
    let left = this.#product();
    for (let operator = this.#take('+', '-'); operator; operator = this.#take('+', '-')) {
      const right = this.#product();
      if (left === undefined || right === undefined) return undefined;
      left = operator === '+' ? left + right : left - right;
    }
    return left;
  }

  #product(): number | undefined {
    let left = this.#atom();
    for (let operator = this.#take('*', '/'); operator; operator = this.#take('*', '/')) {
      const right = this.#atom();
      if (left === undefined || right === undefined) return undefined;
      left = operator === '*' ? left * right : left / right;
    }
    return left;
  }

  #atom(): number | undefined {
    if (this.#take('-')) {
      const value = this.#atom();
      return value === undefined ? undefined : -value;
    }
    if (this.#take('(')) {
      const value = this.#sum();
      return this.#take(')') ? value : undefined;
    }
    const token = this.#tokens[this.#at];
    if (token?.type !== 'number') return undefined;
    this.#at += 1;
    return token.value;
  }

  #take<Type extends Token['type']>(...types: Type[]): Type | undefined {
    const type = types.find((wanted) => wanted === this.#tokens[this.#at]?.type);
    if (type !== undefined) this.#at += 1;
    return type;
  }
}
