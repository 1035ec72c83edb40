import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import type { EditorNode } from './red.ts';
import { findFault, findJsonFault, type Reason } from './validate.ts';
import { viewOf } from './views.ts';

/**
 * Whether a value of a node may be deployed, for the editor's own marks.
 *
 * @param dialog of the node, where it is open: the type that stands in it counts
 * @returns `true`, or the reason in the reader's words
 */
export function validate(
  node: EditorNode,
  name: string,
  value: unknown,
  dialog: Dialog | undefined,
): true | string {
  // Never stored: the runtime takes the default.
  if (value === undefined) return true;
  const property = viewOf(node.type).properties.find((candidate) => candidate.name === name);
  if (property === undefined) return true;
  const type =
    property.sources.length === 0
      ? undefined
      : dialog === undefined
        ? (node[`${name}Type`] ?? property.defaultType)
        : dialog.input(`${name}Type`).value;
  const label = node._(`${node.type}.properties.${name}.label`);
  if (type === 'jsonata') {
    const result = RED.utils.validateTypedProperty(
      typeof value === 'string' ? value : '',
      'jsonata',
    );
    if (result === true) return true;
    return typeof result === 'string' ? `${label}: ${result}` : label;
  }
  const reason = findReason(property, value, type);
  if (reason === undefined) return true;
  return `${label}: ${node._(`${node.type}.editor.${reason.key}`, reason.values)}`;
}

function findReason(property: PropertyView, value: unknown, type: unknown): Reason | undefined {
  if ((property.sources as readonly unknown[]).includes(type)) {
    return value === '' ? { key: 'invalidPlace' } : undefined;
  }
  if (property.value === 'json' && type !== 'str') return findJsonFault(value);
  return findFault(property, value);
}
