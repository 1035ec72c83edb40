import type { Dialog } from './dialog.ts';
import { copyButton } from './copy-button.ts';
import { element } from './element.ts';
import { qrCode } from './qr-code.ts';

/** Names of this computer, which on a phone are the phone's. */
const THIS_COMPUTER = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The address of the page that a `stepvoice-play` node serves, as a link: behind the `#` stands its key, which no server sees. */
export function addPageLink(dialog: Dialog): void {
  const token = dialog.view.properties.find(({ value }) => value === 'token');
  if (token === undefined) return;
  const field = dialog.input(token.name);
  const stored = dialog.node.credentials?.[token.name];
  const { hostname, protocol } = location;
  const isHere = THIS_COMPUTER.test(hostname);
  const hint = isHere ? 'pageOnlyHere' : protocol === 'https:' ? undefined : 'pageListensOnly';
  const link = element('a', { target: '_blank', rel: 'noopener', class: 'stepvoice-link' });
  const code = element('div', { class: 'stepvoice-qr', title: dialog.text('pageCode') });
  code.hidden = isHere;
  const state = element('div', { class: 'stepvoice-note', role: 'status' });
  const show = (): void => {
    const address = pageAddress(dialog.node.id, field.value);
    link.href = address;
    link.textContent = address;
    code.replaceChildren(qrCode(address, dialog.text('pageCode')));
    // What was there when the dialog opened is what was deployed.
    const isServed = dialog.node.changed !== true && field.value === stored;
    state.textContent = dialog.text(
      isServed ? 'pageLink' : stored === undefined || stored === '' ? 'pageNew' : 'pageLinkLater',
    );
  };
  $(field).on('change', show);
  show();
  const label = dialog.text('page');
  dialog.row(token.name).after(
    element(
      'div',
      { class: 'form-row stepvoice-page', role: 'group', 'aria-label': label },
      element('span', { class: 'stepvoice-label' }, label),
      element(
        'div',
        { class: 'stepvoice-page-link' },
        code,
        element(
          'div',
          {},
          link,
          copyButton(dialog, 'copyLink', () => link.href),
          state,
          ...(hint === undefined
            ? []
            : [element('div', { class: 'stepvoice-note' }, dialog.text(hint))]),
        ),
      ),
    ),
  );
}

function pageAddress(id: string, token: string): string {
  const root = RED.settings.httpNodeRoot ?? '/';
  const path = `${root.replace(/\/$/, '')}/stepvoice/play/${encodeURIComponent(id)}`;
  return `${new URL(path, location.origin).href}#${encodeURIComponent(token)}`;
}
