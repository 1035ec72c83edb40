import type { PropertyView } from '../generate/node-view.ts';
import { copyButton } from './copy-button.ts';
import type { Dialog } from './dialog.ts';
import { element, iconButton } from './element.ts';

/** 128 bits, as `stepvoice-play` wants them. */
const TOKEN_BYTES = 16;

/** A random credential: made with the dialog's first opening, copied with one button, made anew with the other. */
export function makeTokenField(dialog: Dialog, { name }: PropertyView): void {
  const field = dialog.input(name);
  field.readOnly = true;
  field.autocomplete = 'off';
  field.classList.add('stepvoice-token');
  const renew = (): void => {
    field.value = makeToken();
    $(field).trigger('change');
  };
  if (field.value === '') renew();
  const again = iconButton('fa-refresh', dialog.text('renewToken'), renew);
  const group = element('div', { class: 'stepvoice-group' });
  field.replaceWith(group);
  group.append(
    field,
    copyButton(dialog, 'copyKey', () => field.value),
    again,
  );
}

export function makeToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
