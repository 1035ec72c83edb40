import { MIGRATIONS } from '../nodes/migrations.ts';
import type { Dialog } from './dialog.ts';

/**
 * Fills the form where the stored node has less or other than this version: it was saved by an older one, or written by hand.
 * Before the form's widgets are made. The node itself stays as it is until the form is saved.
 */
export function fillStoredValues(dialog: Dialog): void {
  const { node, view } = dialog;
  const stored: Record<string, unknown> = { ...node };
  const version = typeof stored['version'] === 'number' ? stored['version'] : 1;
  const migrations = (MIGRATIONS[view.type] ?? []).slice(version - 1, view.version - 1);
  for (const migrate of migrations) migrate(stored);
  for (const property of view.properties) {
    const { name, sources, value } = property;
    // Credentials have fields of their own, an account a list, tools a table.
    if (['secret', 'token', 'account', 'tools'].includes(value)) continue;
    const wanted = stored[name] ?? property.default;
    if (wanted !== node[name]) fill(dialog, name, wanted);
    if (sources.length === 0) continue;
    const type = stored[`${name}Type`] ?? property.defaultType;
    if (type !== node[`${name}Type`]) fill(dialog, `${name}Type`, type);
  }
  dialog.onSave(() => {
    node['version'] = view.version;
  });
}

function fill(dialog: Dialog, name: string, value: unknown): void {
  const input = dialog.input(name);
  if (input.type === 'checkbox') input.checked = value === true;
  else input.value = typeof value === 'string' ? value : String(value);
}
