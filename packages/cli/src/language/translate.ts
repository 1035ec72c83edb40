import { chinese } from './chinese.ts';
import { english } from './english.ts';
import type { Language } from './locale.ts';

export type MessageKey = keyof typeof english;

/** Names of the `{placeholders}` of a message. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

type Values<Key extends MessageKey> =
  Placeholders<(typeof english)[Key]> extends never
    ? []
    : [values: Record<Placeholders<(typeof english)[Key]>, string | number>];

/** The sentence of a key in the user's language, its placeholders filled in. */
export type Translate = {
  <Key extends MessageKey>(key: Key, ...values: Values<Key>): string;
  readonly language: Language;
};

export function createTranslate(language: Language): Translate {
  const table: Readonly<Record<MessageKey, string>> = language === 'zh' ? chinese : english;
  const translate = <Key extends MessageKey>(key: Key, ...values: Values<Key>): string => {
    const [fields = {}] = values as [Record<string, string | number>?];
    return table[key].replace(/\{(\w+)\}/g, (match, name: string) => String(fields[name] ?? match));
  };
  return Object.assign(translate, { language });
}
