import type { Dialog } from './dialog.ts';
import { element } from './element.ts';

/** The address of the page that a `stepvoice-play` node serves, as a link: behind the `#` stands its key, which no server sees. */
export function addPageLink(dialog: Dialog): void {
  const token = dialog.view.properties.find(({ value }) => value === 'token');
  if (token === undefined) return;
  const field = dialog.input(token.name);
  const link = element('a', { target: '_blank', rel: 'noopener', class: 'stepvoice-link' });
  const note = element('div', { class: 'stepvoice-note' });
  const show = (): void => {
    const address = pageAddress(dialog.node.id, field.value);
    link.href = address;
    link.textContent = address;
    const isServed = dialog.node.changed !== true && field.value === field.defaultValue;
    note.textContent = dialog.text(isServed ? 'pageLink' : 'pageLinkLater');
  };
  // What was there when the dialog opened is what was deployed.
  if (dialog.node.credentials?.[token.name] === field.value) field.defaultValue = field.value;
  $(field).on('change', show);
  show();
  dialog
    .row(token.name)
    .after(
      element(
        'div',
        { class: 'form-row' },
        element('label', {}, dialog.text('page')),
        element('div', {}, link, note),
      ),
    );
}

function pageAddress(id: string, token: string): string {
  const root = RED.settings.httpNodeRoot ?? '/';
  const path = `${root.replace(/\/$/, '')}/stepvoice/play/${encodeURIComponent(id)}`;
  return `${new URL(path, location.origin).href}#${encodeURIComponent(token)}`;
}
