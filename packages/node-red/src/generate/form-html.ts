import type { NodeDefinition, Property } from '../definition/node-definition.ts';
import { escapeHtml, toKey } from './html.ts';
import { choicesOf } from './node-view.ts';

/** The dialog of a node, which `resources/editor.js` brings to life. */
export function toFormHtml(definition: NodeDefinition): string {
  const rows = Object.entries(definition.properties).map(([name, property]) => ({
    html: toRow(definition, name, property),
    property,
  }));
  const open = rows.filter(({ property }) => !property.isAdvanced).map(({ html }) => html);
  const advanced = rows.filter(({ property }) => property.isAdvanced).map(({ html }) => html);
  const { type } = definition;
  return [
    `<div class="stepvoice-form" data-stepvoice-type="${type}">`,
    nameRow(definition),
    ...open,
    ...(advanced.length === 0
      ? []
      : [
          '<details class="stepvoice-advanced">',
          `<summary data-i18n="${type}.editor.advanced"></summary>`,
          ...advanced,
          '</details>',
        ]),
    '</div>',
  ].join('\n');
}

function nameRow(definition: NodeDefinition): string {
  const id = idOf(definition, 'name');
  return [
    '<div class="form-row" data-stepvoice-row="name">',
    `<label for="${id}"><span data-i18n="${definition.type}.editor.name"></span></label>`,
    `<input type="text" id="${id}">`,
    '</div>',
  ].join('');
}

function toRow(definition: NodeDefinition, name: string, property: Property): string {
  const id = idOf(definition, name);
  const key = `${definition.type}.properties.${name}`;
  const unit =
    property.unit === undefined
      ? ''
      : `<span class="stepvoice-unit" data-i18n="${key}.unit"></span>`;
  return [
    `<div class="form-row stepvoice-row" data-stepvoice-row="${name}">`,
    `<label for="${id}"><span data-i18n="${key}.label"></span></label>`,
    toControl(property, id, key),
    unit,
    '</div>',
  ].join('');
}

function toControl(property: Property, id: string, key: string): string {
  const placeholder =
    property.placeholder === undefined ? '' : ` data-i18n="[placeholder]${key}.placeholder"`;
  // A typed input makes its own controls out of a plain one.
  if (property.sources.length > 0) {
    return `<input type="text" id="${id}"${placeholder}><input type="hidden" id="${id}Type">`;
  }
  if (property.widget === 'multiline' || property.value === 'json') {
    return `<textarea id="${id}" rows="3" spellcheck="false"${placeholder}></textarea>`;
  }
  switch (property.value) {
    case 'boolean':
      return `<input type="checkbox" id="${id}">`;
    case 'number':
      return `<input type="number" id="${id}"${toRange(property)}${placeholder}>`;
    case 'secret':
      return `<input type="password" id="${id}" autocomplete="off"${placeholder}>`;
    case 'tools':
      return '<ol class="stepvoice-tools"></ol>';
    case 'choice':
      return property.open
        ? `<input type="text" id="${id}"${placeholder}>`
        : `<select id="${id}">${toOptions(property, key)}</select>`;
    case 'string':
    case 'account':
    case 'token':
    case 'list':
      return `<input type="text" id="${id}"${placeholder}>`;
  }
}

function toRange({ range }: Property): string {
  if (range === undefined) return '';
  return ` min="${range.min}" max="${range.max}" step="${range.integer ? '1' : 'any'}"`;
}

function toOptions(property: Property, key: string): string {
  return (choicesOf(property) ?? [])
    .map(
      (value) =>
        `<option value="${escapeHtml(value)}" data-i18n="${key}.choices.${toKey(value)}"></option>`,
    )
    .join('');
}

function idOf({ isConfig }: NodeDefinition, name: string): string {
  return `node-${isConfig ? 'config-' : ''}input-${name}`;
}
