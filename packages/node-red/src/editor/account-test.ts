import { AdminError, askAdmin } from './admin-client.ts';
import { tellFailure } from './admin-failure.ts';
import type { Dialog } from './dialog.ts';
import { element, textButton } from './element.ts';

/** Tries the key out with what stands in the dialog, saved or not. It costs nothing. */
export function addAccountTest(dialog: Dialog): void {
  const result = element('span', { class: 'stepvoice-result', role: 'status' });
  const button = textButton(dialog.text('test'), () => {
    button.disabled = true;
    show(result, dialog.text('testing'), 'busy');
    void test(dialog, result).finally(() => {
      button.disabled = false;
    });
  });
  const row = element('div', { class: 'form-row stepvoice-test' }, button, result);
  const advanced = dialog.form.querySelector('.stepvoice-advanced');
  if (advanced === null) dialog.form.append(row);
  else advanced.before(row);
}

async function test(dialog: Dialog, result: HTMLElement): Promise<void> {
  const { view, node, signal } = dialog;
  const values = view.properties.map((property) => [property.name, dialog.read(property).value]);
  const body = { ...(Object.fromEntries(values) as object), id: node.id };
  try {
    const answer = await askAdmin({ url: 'stepvoice/test', body, signal });
    const { durationMs } = answer as { durationMs?: number };
    show(result, dialog.text('testPassed', { ms: durationMs ?? 0 }), 'good');
  } catch (error) {
    if (signal.aborted || !(error instanceof AdminError)) return;
    show(result, tellFailure(dialog, error), 'bad');
  }
}

function show(result: HTMLElement, text: string, look: 'busy' | 'good' | 'bad'): void {
  result.textContent = text;
  result.dataset['look'] = look;
}
