import type { Dialog } from './dialog.ts';
import { element, iconButton, textButton } from './element.ts';

/** Copies a text, and says so. By the editor's own way, which works without https, too. */
export function copyButton(
  dialog: Dialog,
  label: 'copyKey' | 'copyLink',
  text: () => string,
): HTMLElement {
  const said = element('span', { class: 'stepvoice-result', role: 'status' });
  const copy = (): void => {
    const isCopied = RED.clipboard.copyText(text());
    said.textContent = dialog.text(isCopied ? 'copied' : 'notCopied');
    button.focus();
  };
  const name = dialog.text(label);
  const button =
    label === 'copyKey' ? iconButton('fa-clipboard', name, copy) : textButton(name, copy);
  return element('span', { class: 'stepvoice-copy' }, button, said);
}
