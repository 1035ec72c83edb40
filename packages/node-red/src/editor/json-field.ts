import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import { iconButton } from './element.ts';

/** JSON as text, with a button for the editor's own window. */
export function makeJsonField(dialog: Dialog, { name }: PropertyView): void {
  const field = dialog.input(name);
  field.classList.add('stepvoice-code');
  const button = iconButton('fa-ellipsis-h', dialog.text('editJson'), () => {
    RED.editor.editJSON({
      value: field.value,
      focus: true,
      complete: (value) => {
        field.value = value;
        $(field).trigger('change');
      },
    });
  });
  field.after(button);
}
