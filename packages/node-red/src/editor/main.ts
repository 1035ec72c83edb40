import type { PropertyView } from '../generate/node-view.ts';
import { addAccountTest } from './account-test.ts';
import { createDialog, type Dialog } from './dialog.ts';
import { makeJsonField } from './json-field.ts';
import type { EditorNode } from './red.ts';
import { addPageLink } from './page-link.ts';
import { addPriceNote } from './price-note.ts';
import { addRowHelp } from './row-help.ts';
import { addSlider } from './slider.ts';
import { fillStoredValues } from './stored-values.ts';
import { loadStylesheet } from './stylesheet.ts';
import { makeTokenField } from './token-field.ts';
import { makeToolsTable } from './tools-table.ts';
import { makeTypedField, suggest } from './typed-field.ts';
import { validate } from './validation.ts';
import { describe, viewOf } from './views.ts';
import { followConditions } from './visibility.ts';
import { makeVoiceField } from './voice-field.ts';

type OpenDialog = { dialog: Dialog; closing: AbortController };

/** What the registrations of the nodes call. */
function createEditor() {
  /** By the id of the node: the dialog of an account may stand on top of another. */
  const dialogs = new Map<string, OpenDialog>();
  loadStylesheet();
  return {
    describe,
    open(node: EditorNode): void {
      const forms = document.querySelectorAll<HTMLElement>(`[data-stepvoice-type="${node.type}"]`);
      const form = forms[forms.length - 1];
      if (form === undefined) return;
      const closing = new AbortController();
      const dialog = createDialog(node, viewOf(node.type), form, closing.signal);
      dialogs.set(node.id, { dialog, closing });
      fillStoredValues(dialog);
      for (const property of dialog.view.properties) makeField(dialog, property);
      addRowHelp(dialog);
      labelAccountButtons(dialog);
      if (node.type === 'stepvoice-account') addAccountTest(dialog);
      if (node.type === 'stepvoice-play') addPageLink(dialog);
      followConditions(dialog);
    },
    save(node: EditorNode): void {
      dialogs.get(node.id)?.dialog.save();
      this.close(node);
    },
    close(node: EditorNode): void {
      dialogs.get(node.id)?.closing.abort();
      dialogs.delete(node.id);
    },
    validate: (node: EditorNode, name: string, value: unknown) =>
      validate(node, name, value, dialogs.get(node.id)?.dialog),
  };
}

function makeField(dialog: Dialog, property: PropertyView): void {
  const { name, value, widget, sources } = property;
  if (widget === 'voice') makeVoiceField(dialog, property);
  else if (sources.length > 0) makeTypedField(dialog, property, undefined);
  else if (value === 'tools') makeToolsTable(dialog, property);
  else if (value === 'token') makeTokenField(dialog, property);
  else if (value === 'json') makeJsonField(dialog, property);
  else if (value === 'choice' && property.open) {
    $(dialog.input(name)).autoComplete({ search: suggest(property.choices ?? []), minLength: 0 });
  }
  addPriceNote(dialog, property);
  if (widget === 'slider') addSlider(dialog, property);
}

/** The editor makes them, of an icon each. */
function labelAccountButtons(dialog: Dialog): void {
  for (const [kind, key] of [
    ['edit', 'editAccount'],
    ['add', 'addAccount'],
  ] as const) {
    dialog.form
      .querySelector(`#node-input-btn-account-${kind}`)
      ?.setAttribute('aria-label', dialog.text(key));
  }
}

declare global {
  var stepvoiceEditor: ReturnType<typeof createEditor> | undefined;
}

// Each node's form loads this script, since any of them may be the only one that is enabled.
globalThis.stepvoiceEditor ??= createEditor();
