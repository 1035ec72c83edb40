import type { PropertyView } from '../generate/node-view.ts';
import { accountOf } from './chosen-account.ts';
import type { Dialog } from './dialog.ts';
import { element } from './element.ts';
import type { EditorNode } from './red.ts';

/** Below a model that speaks: what it costs, where the list says so. */
export function addPriceNote(dialog: Dialog, { name, prices, sources }: PropertyView): void {
  if (prices === undefined) return;
  const field = dialog.input(name);
  const note = element('div', { class: 'stepvoice-note' });
  dialog.row(name).append(note);
  const show = (): void => {
    const isFixed =
      sources.length === 0 || !(sources as string[]).includes(dialog.input(`${name}Type`).value);
    const price = prices.per1000[field.value.trim() || prices.blank];
    note.hidden = price === undefined || !isFixed || !paysByList(accountOf(dialog));
    note.textContent = dialog.text('price', { price: price ?? 0 });
  };
  $(dialog.form).on('change', show);
  show();
}

/** The list is for mainland China, pay as you go; a server of one's own has its own. */
function paysByList(account: EditorNode | undefined): boolean {
  if (account === undefined) return false;
  const { region = 'cn', plan = 'payg', baseURL = '' } = account;
  return region === 'cn' && plan === 'payg' && baseURL === '';
}
