import type { ToolRow } from '../definition/node-definition.ts';
import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import { element, iconButton } from './element.ts';

/** Rows of tools that a model may call. */
export function makeToolsTable(dialog: Dialog, { name }: PropertyView): void {
  const list = dialog.row(name).querySelector('ol');
  if (list === null) return;
  const rows = new Map<HTMLElement, () => ToolRow>();
  $(list).editableList<ToolRow>({
    addButton: dialog.text('addTool'),
    removable: true,
    sortable: true,
    height: 'auto',
    addItem({ 0: container }, _index, tool) {
      rows.set(container, fillRow(dialog, container, tool));
    },
  });
  const stored = dialog.node[name];
  if (Array.isArray(stored)) {
    for (const tool of stored as unknown[]) $(list).editableList('addItem', tool);
  }
  dialog.onSave(() => {
    const inOrder = [...rows].filter(([container]) => list.contains(container));
    inOrder.sort(([a], [b]) => (a.compareDocumentPosition(b) & 4 ? -1 : 1));
    dialog.node[name] = inOrder
      .map(([, read]) => read())
      .filter((tool) => tool.name !== '' || tool.description !== '');
  });
}

function fillRow(dialog: Dialog, container: HTMLElement, tool: Partial<ToolRow>): () => ToolRow {
  const labelled = <Field extends HTMLInputElement | HTMLTextAreaElement>(
    field: Field,
    key: 'toolName' | 'toolDescription' | 'toolParameters',
    value: string | undefined,
  ): Field => {
    const label = dialog.text(key);
    field.setAttribute('aria-label', label);
    field.setAttribute('placeholder', label);
    field.value = value ?? '';
    return field;
  };
  const name = labelled(
    element('input', { type: 'text', spellcheck: 'false' }),
    'toolName',
    tool.name,
  );
  const description = labelled(
    element('input', { type: 'text' }),
    'toolDescription',
    tool.description,
  );
  const parameters = labelled(
    element('textarea', { rows: '2', spellcheck: 'false', class: 'stepvoice-code' }),
    'toolParameters',
    tool.parameters,
  );
  const edit = iconButton('fa-ellipsis-h', dialog.text('editSchema'), () => {
    RED.editor.editJSON({
      value: parameters.value,
      focus: true,
      complete: (value) => {
        parameters.value = value;
      },
    });
  });
  container.classList.add('stepvoice-tool');
  container.append(name, description, parameters, edit);
  return () => ({
    name: name.value.trim(),
    description: description.value.trim(),
    parameters: parameters.value.trim(),
  });
}
