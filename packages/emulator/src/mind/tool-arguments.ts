import { isRecord } from '../http/request-body.ts';
import { findNumbers } from './number-words.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Schemas nested deeper are filled with nothing. */
const DEEPEST = 6;

/**
 * Fills the arguments of a call from what the user says, by the JSON Schema of the tool: required properties always,
 * others where the text has something for them.
 */
export function fillArguments(parameters: unknown, text: string): Record<string, unknown> {
  if (!isRecord(parameters)) return {};
  return new ArgumentFiller(parameters, text).object(parameters, 0);
}

class ArgumentFiller {
  readonly #root: Schema;
  readonly #text: string;
  readonly #numbers: number[];
  readonly #quotes: string[];
  readonly #places: string[];

  constructor(root: Schema, text: string) {
    this.#root = root;
    this.#text = text;
    this.#numbers = findNumbers(text);
    this.#quotes = findQuotes(text);
    this.#places = findPlaces(text);
  }

  object(schema: Schema, depth: number): Record<string, unknown> {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const filled: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      const value = this.#value(name, property, required.includes(name), depth + 1);
      if (value !== undefined) filled[name] = value;
    }
    return filled;
  }

  #value(name: string, given: unknown, isRequired: boolean, depth: number): unknown {
    const schema = this.#resolve(given);
    if (schema === undefined || depth > DEEPEST) return isRequired ? null : undefined;
    if ('const' in schema) return schema['const'];
    const fallback = isRequired ? schema['default'] : undefined;
    if (Array.isArray(schema['enum'])) {
      const choices: unknown[] = schema['enum'];
      return findChoice(choices, this.#text) ?? fallback ?? (isRequired ? choices[0] : undefined);
    }
    switch (typeOf(schema)) {
      case 'number':
        return this.#number(schema, false) ?? fallback ?? (isRequired ? least(schema) : undefined);
      case 'integer':
        return this.#number(schema, true) ?? fallback ?? (isRequired ? least(schema) : undefined);
      case 'boolean':
        return isRequired ? !isNegated(this.#text) : undefined;
      case 'null':
        return null;
      case 'array': {
        const item = this.#value(
          name,
          schema['items'] ?? { type: 'string' },
          isRequired,
          depth + 1,
        );
        return item === undefined ? undefined : [item];
      }
      case 'object': {
        const object = this.object(schema, depth);
        return isRequired || Object.keys(object).length > 0 ? object : undefined;
      }
      case 'string':
        return (
          this.#string(name, schema, isRequired) ??
          fallback ??
          (isRequired ? this.#text : undefined)
        );
    }
  }

  #number(schema: Schema, isWhole: boolean): number | undefined {
    const { minimum, maximum } = schema;
    const fits = (value: number): boolean =>
      (!isWhole || Number.isInteger(value)) &&
      (typeof minimum !== 'number' || value >= minimum) &&
      (typeof maximum !== 'number' || value <= maximum);
    const index = this.#numbers.findIndex(fits);
    // A number that was said once stands for one argument.
    return index < 0 ? undefined : this.#numbers.splice(index, 1)[0];
  }

  #string(name: string, schema: Schema, isRequired: boolean): string | undefined {
    const description = schema['description'];
    const words = `${name} ${typeof description === 'string' ? description : ''}`.toLowerCase();
    if (/date|day|when|日期|哪天/.test(words) || schema['format'] === 'date') {
      return findDay(this.#text);
    }
    if (
      /city|location|place|address|country|region|destination|origin|where|城市|地点|地区|位置|目的地|出发地/.test(
        words,
      )
    ) {
      const place = this.#places.shift() ?? (isRequired ? this.#quotes.shift() : undefined);
      // Who does not say where is taken to mean where he is.
      return (
        place ?? (isRequired ? (/\p{Script=Han}/u.test(this.#text) ? '这里' : 'here') : undefined)
      );
    }
    const quoted = this.#quotes.shift();
    if (quoted !== undefined) return quoted;
    if (!isRequired) return undefined;
    if (
      /query|question|keyword|search|text|content|message|topic|expression|关键词|内容|文本|问题|表达式/.test(
        words,
      )
    ) {
      return withoutOrder(this.#text);
    }
    return this.#places.shift();
  }

  /** Follows a reference inside the schema, and takes the first of alternatives. */
  #resolve(given: unknown): Schema | undefined {
    let schema = given;
    for (let steps = 0; steps < DEEPEST && isRecord(schema); steps += 1) {
      const reference: unknown = schema['$ref'];
      const alternatives: unknown = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
      if (typeof reference === 'string') schema = this.#find(reference);
      else if (Array.isArray(alternatives) && schema['type'] === undefined) {
        schema = alternatives.find((each) => isRecord(each) && each['type'] !== 'null');
      } else return schema;
    }
    return undefined;
  }

  #find(reference: string): unknown {
    let found: unknown = this.#root;
    for (const part of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
      found = isRecord(found) && Object.hasOwn(found, part) ? found[part] : undefined;
    }
    return found;
  }
}

type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';
const TYPES: readonly SchemaType[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
  'null',
];

function typeOf(schema: Schema): SchemaType {
  const given = schema['type'];
  const names: unknown[] = Array.isArray(given) ? given : [given];
  const known = TYPES.filter((type) => names.includes(type));
  const type = known.find((each) => each !== 'null') ?? known[0];
  return type ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string');
}

/** The least that a number may be, at or above nothing. */
function least({ minimum, maximum }: Schema): number {
  if (typeof minimum === 'number') return Math.max(minimum, 0);
  return typeof maximum === 'number' ? Math.min(maximum, 0) : 0;
}

/** How values of enumerations are said in the other language. */
const SAID: Readonly<Record<string, RegExp>> = {
  celsius: /摄氏|°c/i,
  fahrenheit: /华氏|°f/i,
  on: /打开|开灯|开启|turn on/i,
  off: /关|turn off/i,
  open: /打开/,
  close: /关/,
  today: /今天/,
  tomorrow: /明天/,
  en: /英语|英文|english/i,
  english: /英语|英文/,
  zh: /中文|汉语|chinese/i,
  chinese: /中文|汉语/,
};

function findChoice(choices: readonly unknown[], text: string): unknown {
  const lower = text.toLowerCase();
  return choices.find((choice) => {
    if (typeof choice !== 'string' && typeof choice !== 'number') return false;
    const word = String(choice).toLowerCase();
    const said = Object.hasOwn(SAID, word) ? SAID[word] : undefined;
    if (said?.test(text) === true) return true;
    if (word === '' || !lower.includes(word)) return false;
    return !/^[a-z]{1,3}$/.test(word) || new RegExp(`\\b${word}\\b`).test(lower);
  });
}

function isNegated(text: string): boolean {
  return /\b(?:not|don't|do not|no|off|never|without|disable|stop|close)\b|不|别|关|停/i.test(text);
}

function findQuotes(text: string): string[] {
  const pattern =
    /"([^"]+)"|“([^”]+)”|「([^」]+)」|『([^』]+)』|《([^》]+)》|‘([^’]+)’|(?:^|\s)'([^']+)'(?=$|[\s.,!?])/gu;
  return [...text.matchAll(pattern)].map(
    (match) => match.slice(1).find((part) => part !== undefined) ?? '',
  );
}

const DAY_EN =
  /\b(?:today|tonight|tomorrow|yesterday|(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|this weekend)\b/i;
const DAY_ZH = /今天|今晚|明天|后天|昨天|(?:下|这|本)?(?:周|星期|礼拜)[一二三四五六日天末]/u;

function findDay(text: string): string | undefined {
  return (/\d{4}-\d{2}-\d{2}/.exec(text) ?? DAY_EN.exec(text) ?? DAY_ZH.exec(text))?.[0];
}

/** After these words a place is named; and what may follow it. */
const PLACE_EN =
  /\b(?:in|at|near|from|to|for|of)\s+((?:\p{Lu}[\p{L}'-]*)(?:\s+\p{Lu}[\p{L}'-]*)*|[a-z]+(?=\s*(?:$|[?.!,]|\s(?:today|tomorrow|tonight|now|please|to|at|on)\b)))/gu;
const NO_PLACES = new Set(
  'today tomorrow tonight now me you it us there here please mandarin chinese english celsius fahrenheit once general least all'.split(
    ' ',
  ),
);
const LEAD_ZH =
  /^(?:请问|请|帮我|给我|麻烦|我想知道|我想|想知道|告诉我|知道|查询|查查|查看|查一下|查|看看|看一下|搜索|搜|一下|现在|今天|明天|后天|昨天|今晚|这周|的|你|能|可以)+/u;
const PLACES_ZH = [
  /从(\p{Script=Han}{2,6}?)(?:到|去|飞)(\p{Script=Han}{2,6}?)(?:的|要|怎么|多|有|需|$|[，。？！,.?!])/u,
  /在\s*([A-Z][\p{L} ]*\p{L}|\p{Script=Han}{2,6}?)(?:的|吗|呢|有|现在|今天|明天|$|[，。？！,.?!])/u,
  /([\p{Script=Han}]{2,16}?|[A-Z][\p{L} ]*\p{L})\s*(?:现在|今天|明天|后天|今晚|这周)?\s*(?:的|会|要|在)?\s*(?:天气|气温|温度|空气|新闻|酒店|餐厅|地图|时间|几点|会不会|下雨|冷|热)/u,
  /(?:去|到)\s*([A-Z][\p{L} ]*\p{L}|\p{Script=Han}{2,6}?)(?:的|吗|呢|怎么|$|[，。？！,.?!])/u,
];

function findPlaces(text: string): string[] {
  const english = [...text.matchAll(PLACE_EN)]
    .map((match) => match[1] ?? '')
    .filter((place) => !NO_PLACES.has(place.toLowerCase()) && !DAY_EN.test(place));
  if (!/\p{Script=Han}/u.test(text)) return english;
  for (const pattern of PLACES_ZH) {
    const places = (pattern.exec(text)?.slice(1) ?? [])
      .map((place) => place.replace(LEAD_ZH, '').trim())
      .filter((place) => place !== '');
    if (places.length > 0) return places;
  }
  return english;
}

/** What is left when the order itself is taken away: `search for trains` → `trains`. */
function withoutOrder(text: string): string {
  const rest = text
    .trim()
    .replace(
      /^(?:please\s+|can you\s+|could you\s+)*(?:search(?:\s+the\s+web)?(?:\s+for)?|look\s+up|find(?:\s+out)?|google|translate|calculate|compute|what\s+is|tell\s+me\s+about|send|write|say)\s+/i,
      '',
    )
    .replace(
      /^(?:请|帮我|你|能|可以|麻烦)*(?:搜索|搜|查询|查找|查|翻译|计算|算|发送|发|写)(?:一下|一查|一搜)?[:：,，]?\s*/u,
      '',
    )
    .replace(/[\s.。?？!！]+$/u, '');
  return rest === '' ? text : rest;
}
