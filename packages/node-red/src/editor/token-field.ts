import type { PropertyView } from '../generate/node-view.ts';
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
  const copied = element('span', { class: 'stepvoice-result', role: 'status' });
  const copy = iconButton('fa-clipboard', dialog.text('copy'), () => {
    void copyText(field).then((isCopied) => {
      copied.textContent = isCopied ? dialog.text('copied') : '';
    });
  });
  const again = iconButton('fa-refresh', dialog.text('renewToken'), renew);
  const group = element('div', { class: 'stepvoice-group' });
  field.replaceWith(group);
  group.append(field, copy, again, copied);
}

export function makeToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The clipboard is there over https and on this computer only; the selection stays for the reader's own keys. */
async function copyText(field: HTMLInputElement): Promise<boolean> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return false;
  }
}
