import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';

/** Shows a row only where the property that it depends on has one of the values it is for. */
export function followConditions(dialog: Dialog): void {
  const { view, form } = dialog;
  const byName = new Map(view.properties.map((property) => [property.name, property]));
  const update = (): void => {
    for (const property of view.properties) {
      if (property.shownIf !== undefined) {
        dialog.row(property.name).hidden = !isShown(dialog, property, byName);
      }
    }
  };
  // The editor's widgets tell of a change through jQuery only, and the browser's own reach jQuery, too.
  $(form).on('change', update);
  update();
}

/** A row is hidden with the one that it depends on. */
function isShown(
  dialog: Dialog,
  { shownIf }: PropertyView,
  byName: ReadonlyMap<string, PropertyView>,
): boolean {
  if (shownIf === undefined) return true;
  const other = byName.get(shownIf.property);
  if (other === undefined) return true;
  if (!isShown(dialog, other, byName)) return false;
  const { value, type } = dialog.read(other);
  // What comes with the message may be any of them.
  if (type !== undefined && (other.sources as readonly string[]).includes(type)) return true;
  return shownIf.is.some((wanted) => String(wanted) === String(value));
}
