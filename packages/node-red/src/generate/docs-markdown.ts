import type {
  MessageField,
  NodeDefinition,
  Property,
  Text,
} from '../definition/node-definition.ts';
import type { Language } from './catalogue.ts';
import { HEADINGS } from './headings.ts';
import { choicesOf } from './node-view.ts';

const WORDS = {
  intro: {
    en: 'Every node with what it takes, sends and can be told. The same texts stand in the help of the editor.',
    zh: '所有节点的输入、输出与设置。编辑器内的帮助与此相同。',
  },
  config: { en: 'Configuration node.', zh: '配置节点。' },
  default: { en: 'Default', zh: '默认' },
  values: { en: 'Values', zh: '可选值' },
  range: { en: 'Range', zh: '范围' },
  message: { en: 'Overridden by', zh: '以消息为准' },
  optional: { en: 'may be missing', zh: '可省略' },
  credential: { en: 'Credential', zh: '凭据' },
} as const satisfies Record<string, Text>;

/** The page on all nodes, in one language. */
export function toDocs(definitions: readonly NodeDefinition[], language: Language): string {
  return (
    [
      `# ${HEADINGS.nodes[language]}`,
      WORDS.intro[language],
      ...definitions.flatMap((definition) => toSection(definition, language)),
    ]
      .filter((block) => block !== '')
      .join('\n\n')
      .concat('\n')
      // As the formatter writes emphasis.
      .replace(/(^|[^*])\*([^*\s][^*]*)\*(?!\*)/g, '$1_$2_')
  );
}

function toSection(definition: NodeDefinition, language: Language): string[] {
  const { type, label, summary, isConfig, properties, input, outputs, actions, details } =
    definition;
  const heading = (key: keyof typeof HEADINGS): string => `### ${HEADINGS[key][language]}`;
  const commands = Object.entries(actions).map(
    ([name, text]) => `- \`msg.action = "${name}"\`: ${text[language]}`,
  );
  return [
    `## ${type}`,
    `**${label[language]}.** ${summary[language]}${isConfig ? ` ${WORDS.config[language]}` : ''}`,
    ...(input === undefined
      ? []
      : [heading('inputs'), input.text[language], toFields(input.fields, language)]),
    ...(commands.length === 0 ? [] : [heading('commands'), commands.join('\n')]),
    ...(outputs.length === 0 ? [] : [heading('outputs')]),
    ...outputs.flatMap((output, index) => [
      `${index + 1}\\. **${output.label[language]}.** ${output.text[language]}`,
      toFields(output.fields, language),
    ]),
    heading('properties'),
    Object.entries(properties)
      .map(([name, property]) => toProperty(name, property, language))
      .join('\n'),
    ...(details[language] === '' ? [] : [heading('details'), details[language].trim()]),
  ];
}

function toFields(fields: readonly MessageField[], language: Language): string {
  return fields
    .map(({ name, type, text, optional }) => {
      const note = optional === true ? `${type}; ${WORDS.optional[language]}` : type;
      return `- \`msg.${name}\` (${note}): ${text[language]}`;
    })
    .join('\n');
}

function toProperty(name: string, property: Property, language: Language): string {
  const { label, help, value, range, message, unit } = property;
  const facts: string[] = [];
  const add = (key: keyof typeof WORDS, text: string): void => {
    facts.push(language === 'zh' ? `${WORDS[key].zh}：${text}。` : `${WORDS[key].en}: ${text}.`);
  };
  const choices = choicesOf(property);
  if (choices !== undefined) add('values', choices.map((choice) => `\`${choice}\``).join(', '));
  if (range !== undefined) {
    add('range', `${range.min} – ${range.max}${unit === undefined ? '' : ` ${unit[language]}`}`);
  }
  const isBlank = property.default === '' || Array.isArray(property.default);
  if (!isBlank) {
    const place = property.defaultSource === undefined ? '' : `${property.defaultSource}.`;
    add('default', `\`${place}${String(property.default)}\``);
  }
  if (message !== undefined) add('message', `\`msg.${message}\``);
  if (value === 'secret' || value === 'token') facts.push(`${WORDS.credential[language]}.`);
  const text = [help[language].trim(), ...facts].join(language === 'zh' ? '' : ' ');
  return `- **${label[language]}** (\`${name}\`): ${text}`;
}
