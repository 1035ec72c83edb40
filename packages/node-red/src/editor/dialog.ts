import type { EditorTextKey } from '../definition/editor-texts.ts';
import type { NodeView, PropertyView } from '../generate/node-view.ts';
import type { EditorNode } from './red.ts';

/** The dialog of a node while it is open. */
export type Dialog = {
  readonly node: EditorNode;
  readonly view: NodeView;
  readonly form: HTMLElement;
  /** Aborted when it is closed. */
  readonly signal: AbortSignal;
  /** A text of the dialogs. */
  text(key: EditorTextKey, values?: Record<string, unknown>): string;
  /** A text of a property: `voice.label`. */
  propertyText(path: string): string;
  /** The input that holds what is saved of a property. @throws for one that the form does not have */
  input(name: string): HTMLInputElement;
  /** The row of a property. */
  row(name: string): HTMLElement;
  /** What is in the form: `type` is `undefined` where the property has no typed input. */
  read(property: PropertyView): { value: string | boolean; type: string | undefined };
  /** To be done before the form's values are saved. */
  onSave(task: () => void): void;
  save(): void;
};

export function createDialog(
  node: EditorNode,
  view: NodeView,
  form: HTMLElement,
  signal: AbortSignal,
): Dialog {
  const prefix = view.isConfig ? 'node-config-input-' : 'node-input-';
  const tasks: (() => void)[] = [];
  const find = (id: string): HTMLInputElement | null =>
    form.querySelector<HTMLInputElement>(`#${prefix}${id}`);
  const input = (name: string): HTMLInputElement => {
    const found = find(name);
    if (found === null) throw new Error(`The form of ${view.type} has no input for ${name}.`);
    return found;
  };
  return {
    node,
    view,
    form,
    signal,
    text: (key, values) => node._(`${view.type}.editor.${key}`, values),
    propertyText: (path) => node._(`${view.type}.properties.${path}`),
    input,
    row(name) {
      const row = form.querySelector<HTMLElement>(`[data-stepvoice-row="${name}"]`);
      if (row === null) throw new Error(`The form of ${view.type} has no row for ${name}.`);
      return row;
    },
    read({ name, value, sources }) {
      const field = input(name);
      const isChecked = value === 'boolean' && sources.length === 0;
      return {
        value: isChecked ? field.checked : field.value,
        type: sources.length === 0 ? undefined : input(`${name}Type`).value,
      };
    },
    onSave: (task) => tasks.push(task),
    save() {
      for (const task of tasks) task();
    },
  };
}
