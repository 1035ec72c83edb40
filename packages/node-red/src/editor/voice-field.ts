import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import { element, iconButton } from './element.ts';
import { makeTypedField } from './typed-field.ts';
import { VoicePicker } from './voice-picker.ts';

/** The field of a voice with a button that opens the list. */
export function makeVoiceField(dialog: Dialog, property: PropertyView): void {
  const { name, sources } = property;
  const field = dialog.input(name);
  const isTyped = sources.length > 0;
  const picker = new VoicePicker(dialog, property, (id) => {
    if (isTyped) {
      $(field).typedInput('type', 'voice').typedInput('value', id);
    } else {
      field.value = id;
    }
    $(field).trigger('change');
  });
  const toggle = (): void => picker.toggle();
  if (isTyped) {
    makeTypedField(dialog, property, toggle);
    const expand = dialog.row(name).querySelector<HTMLElement>('.red-ui-typedInput-option-expand');
    if (expand === null) return;
    expand.setAttribute('aria-label', dialog.text('chooseVoice'));
    expand.setAttribute('title', dialog.text('chooseVoice'));
    picker.openedBy(expand);
    return;
  }
  const group = element('div', { class: 'stepvoice-group' });
  field.replaceWith(group);
  const open = iconButton('fa-ellipsis-h', dialog.text('chooseVoice'), toggle);
  group.append(field, open);
  picker.openedBy(open);
}
