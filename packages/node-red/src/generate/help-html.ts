import { parse, parseInline } from 'marked';
import type { MessageField, NodeDefinition, Text } from '../definition/node-definition.ts';
import type { Language } from './catalogue.ts';
import { HEADINGS } from './headings.ts';
import { escapeHtml } from './html.ts';

/** The help of a node, in the shape of Node-RED's own nodes. */
export function toHelpHtml(definition: NodeDefinition, language: Language): string {
  const { type, summary, properties, input, outputs, actions, details } = definition;
  const heading = (key: keyof typeof HEADINGS): string => `<h3>${HEADINGS[key][language]}</h3>`;
  const inline = (text: Text): string => parseInline(text[language], { async: false });
  const fields = (list: readonly MessageField[]): string =>
    toList(
      list.map(({ name, type: fieldType, text, optional }) => ({
        name,
        note: fieldType,
        text: inline(text),
        isOptional: optional ?? false,
      })),
    );

  const parts: string[] = [`<p>${inline(summary)}</p>`];
  if (input !== undefined) {
    parts.push(heading('inputs'), `<p>${inline(input.text)}</p>`, fields(input.fields));
  }
  if (Object.keys(actions).length > 0) {
    const items = Object.entries(actions).map(([name, text]) => ({
      name,
      note: 'msg.action',
      text: inline(text),
      isOptional: false,
    }));
    parts.push(heading('commands'), toList(items));
  }
  if (outputs.length > 0) {
    const ports = outputs.map(
      (output) =>
        `<li>${inline(output.label)}<p>${inline(output.text)}</p>${fields(output.fields)}</li>`,
    );
    parts.push(heading('outputs'), `<ol class="node-ports">${ports.join('\n')}</ol>`);
  }
  const items = Object.values(properties).map(({ label, help, message }) => ({
    name: label[language],
    note: message === undefined ? '' : `msg.${message}`,
    text: inline(help),
    isOptional: false,
  }));
  parts.push(heading('properties'), toList(items));
  if (details[language] !== '') {
    parts.push(heading('details'), parse(details[language], { async: false }));
  }
  return [
    `<script type="text/html" data-help-name="${type}">`,
    parts.join('\n').trim(),
    '</script>',
    '',
  ].join('\n');
}

type Item = { name: string; note: string; text: string; isOptional: boolean };

function toList(items: readonly Item[]): string {
  if (items.length === 0) return '';
  const rows = items.map(({ name, note, text, isOptional }) => {
    const noted = note === '' ? '' : ` <span class="property-type">${escapeHtml(note)}</span>`;
    return `<dt${isOptional ? ' class="optional"' : ''}>${escapeHtml(name)}${noted}</dt><dd>${text}</dd>`;
  });
  return `<dl class="message-properties">${rows.join('\n')}</dl>`;
}
