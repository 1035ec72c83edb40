import type { Dialog } from './dialog.ts';
import { element } from './element.ts';

/** What a property is for, behind its label: shown to the mouse and the keyboard, and read out with the field. */
export function addRowHelp(dialog: Dialog): void {
  for (const { name, message } of dialog.view.properties) {
    const row = dialog.row(name);
    const label = row.querySelector('label');
    if (label === null) continue;
    const override =
      message === undefined ? '' : ` ${dialog.text('messageWins', { property: `msg.${message}` })}`;
    const help = `${withoutMarks(dialog.propertyText(`${name}.help`))}${override}`;
    const id = `stepvoice-help-${name}`;
    const mark = element(
      'button',
      { type: 'button', class: 'stepvoice-help', 'aria-label': help, 'aria-expanded': 'false' },
      element('i', { class: 'fa fa-question-circle-o', 'aria-hidden': 'true' }),
    );
    const text = element('div', { class: 'stepvoice-help-text', id }, help);
    text.hidden = true;
    mark.addEventListener('click', () => {
      text.hidden = !text.hidden;
      mark.setAttribute('aria-expanded', String(!text.hidden));
    });
    RED.popover.tooltip($(mark), help);
    label.after(mark);
    row.append(text);
    for (const field of row.querySelectorAll('input:not([type=hidden]), select, textarea')) {
      field.setAttribute('aria-describedby', id);
    }
  }
}

/** Markdown of one sentence, without its marks. */
export function withoutMarks(markdown: string): string {
  return markdown
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]*)\*\*/g, '$1');
}
