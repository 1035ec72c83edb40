import type { Dialog } from './dialog.ts';
import type { EditorNode } from './red.ts';

/** The account that is chosen, as the editor has it. */
export function accountOf({ form }: Dialog): EditorNode | undefined {
  const id = form.querySelector<HTMLInputElement>('[id$="input-account"]')?.value;
  return id === undefined || id === '' || id === '_ADD_'
    ? undefined
    : (RED.nodes.node(id) ?? undefined);
}
