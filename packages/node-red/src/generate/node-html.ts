import { CATEGORY } from '../definition/palette.ts';
import type { NodeDefinition, Property } from '../definition/node-definition.ts';
import { toFormHtml } from './form-html.ts';
import { toScriptJson } from './html.ts';
import { defaultTypeOf, toNodeView } from './node-view.ts';

/** Where Node-RED serves what lies in `resources/`, relative to the editor. */
const SCRIPT = 'resources/@stepvoice/node-red/editor.js';

/**
 * What the editor loads of a node. The flow library's scorecard reads the call of `registerType` without running it: type,
 * category and defaults must stand in it, letter for letter.
 */
export function toNodeHtml(definition: NodeDefinition): string {
  const { type } = definition;
  return [
    `<script src="${SCRIPT}"></script>`,
    '<script type="text/javascript">',
    `stepvoiceEditor.describe(${toScriptJson(toNodeView(definition))});`,
    toRegistration(definition),
    '</script>',
    `<script type="text/html" data-template-name="${type}">`,
    toFormHtml(definition),
    '</script>',
    '',
  ].join('\n');
}

function toRegistration(definition: NodeDefinition): string {
  const { type, isConfig, color, icon } = definition;
  const category = isConfig ? 'config' : CATEGORY;
  const credentials = Object.entries(definition.properties).filter(([, property]) =>
    isCredential(property),
  );
  const lines = [
    `  category: ${toScriptJson(category)},`,
    `  color: ${toScriptJson(color)},`,
    `  icon: ${toScriptJson(icon)},`,
    '  defaults: {',
    ...toDefaults(definition).map((line) => `    ${line},`),
    '  },',
    ...(credentials.length === 0
      ? []
      : ['  credentials: {', ...credentials.map(toCredential), '  },']),
    ...(isConfig ? [] : toPorts(definition)),
    `  label: function () { return this.name || this._('${type}.label'); },`,
    "  labelStyle: function () { return this.name ? 'node_label_italic' : ''; },",
    '  oneditprepare: function () { stepvoiceEditor.open(this); },',
    '  oneditsave: function () { stepvoiceEditor.save(this); },',
    '  oneditcancel: function () { stepvoiceEditor.close(this); },',
    '  oneditdelete: function () { stepvoiceEditor.close(this); },',
  ];
  return [`RED.nodes.registerType('${type}', {`, ...lines, '});'].join('\n');
}

function toPorts({ type, input, outputs }: NodeDefinition): string[] {
  return [
    `  inputs: ${input === undefined ? 0 : 1},`,
    `  outputs: ${outputs.length},`,
    `  outputLabels: function (index) { return this._('${type}.outputs.' + index); },`,
    `  paletteLabel: function () { return this._('${type}.label'); },`,
  ];
}

function toDefaults({ version, properties }: NodeDefinition): string[] {
  return [
    `version: { value: ${version} }`,
    "name: { value: '' }",
    ...Object.entries(properties)
      .filter(([, property]) => !isCredential(property))
      .flatMap(([name, property]) => toDefault(name, property)),
  ];
}

function toDefault(name: string, property: Property): string[] {
  if (property.value === 'account') {
    return [`${name}: { value: '', type: 'stepvoice-account', required: true }`];
  }
  const value = toScriptJson(property.default);
  // Two parameters: a validator with fewer cannot say why.
  const validate = `validate: function (value, options) { return stepvoiceEditor.validate(this, '${name}', value); }`;
  const own = `${name}: { value: ${value}, ${validate} }`;
  if (property.sources.length === 0) return [own];
  return [own, `${name}Type: { value: ${toScriptJson(defaultTypeOf(property))} }`];
}

function toCredential([name, property]: [string, Property]): string {
  return `    ${name}: { type: '${property.value === 'secret' ? 'password' : 'text'}' },`;
}

function isCredential({ value }: Property): boolean {
  return value === 'secret' || value === 'token';
}
