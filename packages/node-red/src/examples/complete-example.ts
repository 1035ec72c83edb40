import type { NodeDefinition } from '../definition/node-definition.ts';
import { defaultTypeOf } from '../generate/node-view.ts';
import type { ExampleItem } from './example-files.ts';

/** What Node-RED itself keeps of a node. */
const OWN = ['id', 'type', 'z', 'name', 'x', 'y', 'wires'];

/**
 * Gives the package's own nodes of a flow every property they have in this version, with its default where the flow says
 * nothing, and drops what they do not have: an import takes a flow as it is, and a property that is missing would be blank in
 * the dialog.
 */
export function completeExample(
  items: readonly ExampleItem[],
  definitions: readonly NodeDefinition[],
): ExampleItem[] {
  return items.map((item) => {
    const definition = definitions.find(({ type }) => type === item.type);
    return definition === undefined ? item : complete(item, definition);
  });
}

function complete(item: ExampleItem, { version, properties }: NodeDefinition): ExampleItem {
  const { id, type, z, name = '', x, y, wires } = item;
  const completed: Record<string, unknown> = { id, type, z, version, name };
  for (const [property, definition] of Object.entries(properties)) {
    const { value, sources } = definition;
    // Credentials are in no export.
    if (value === 'secret' || value === 'token') continue;
    completed[property] = item[property] ?? definition.default;
    if (sources.length === 0) continue;
    completed[`${property}Type`] = item[`${property}Type`] ?? defaultTypeOf(definition);
  }
  const whole = { ...completed, x, y, wires };
  // A configuration node has no place.
  return Object.fromEntries(
    Object.entries(whole).filter(([key, value]) => value !== undefined || !OWN.includes(key)),
  ) as ExampleItem;
}
