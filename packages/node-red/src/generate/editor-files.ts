import type { NodeDefinition } from '../definition/node-definition.ts';
import { LANGUAGES, toCatalogue, type Language } from './catalogue.ts';
import { toHelpHtml } from './help-html.ts';
import { toNodeHtml } from './node-html.ts';

export type GeneratedFile = { fileName: string; source: string };

/** What lies beside the scripts of the nodes for the editor, by its path there. */
export function toEditorFiles(definitions: readonly NodeDefinition[]): GeneratedFile[] {
  return [
    // The scripts are CommonJS: Node-RED 4 loads nodes by `require()`.
    { fileName: 'package.json', source: '{ "type": "commonjs" }\n' },
    ...definitions.flatMap((definition) => [
      { fileName: `${definition.type}.html`, source: toNodeHtml(definition) },
      ...(Object.keys(LANGUAGES) as Language[]).flatMap((language) =>
        toLocaleFiles(definition, language),
      ),
    ]),
  ];
}

function toLocaleFiles(definition: NodeDefinition, language: Language): GeneratedFile[] {
  const path = `locales/${LANGUAGES[language]}/${definition.type}`;
  return [
    {
      fileName: `${path}.json`,
      source: `${JSON.stringify(toCatalogue(definition, language), undefined, 2)}\n`,
    },
    { fileName: `${path}.html`, source: toHelpHtml(definition, language) },
  ];
}
