import { EDITOR_TEXTS } from '../definition/editor-texts.ts';
import type { NodeDefinition, Property, Text } from '../definition/node-definition.ts';
import { STATUS_TEXTS } from '../definition/shared-texts.ts';
import { toKey } from './html.ts';

export type Language = keyof Text;

/** As Node-RED names them. */
export const LANGUAGES = { en: 'en-US', zh: 'zh-CN' } as const satisfies Record<Language, string>;

/** Texts of one node in one language, under its type: editor and runtime look them up there. */
export function toCatalogue(definition: NodeDefinition, language: Language): object {
  const { type, label, properties, outputs, statuses } = definition;
  const inLanguage = (texts: Readonly<Record<string, Text>>): Record<string, string> =>
    mapValues(texts, (text) => text[language]);
  return {
    [type]: {
      language,
      label: label[language],
      properties: mapValues(properties, (property) => toPropertyTexts(property, inLanguage)),
      outputs: inLanguage(
        Object.fromEntries(outputs.map((output, index) => [String(index), output.label])),
      ),
      status: inLanguage({ ...STATUS_TEXTS, ...statuses }),
      editor: inLanguage(EDITOR_TEXTS),
    },
  };
}

function toPropertyTexts(
  { label, help, unit, placeholder, choices }: Property,
  inLanguage: (texts: Readonly<Record<string, Text>>) => Record<string, string>,
): object {
  return {
    ...inLanguage({
      label,
      help,
      ...(unit === undefined ? {} : { unit }),
      ...(placeholder === undefined ? {} : { placeholder }),
    }),
    ...(choices === undefined ? {} : { choices: inLanguage(choices) }),
  };
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [toKey(key), map(value)]));
}
