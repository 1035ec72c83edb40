import type { NodeView } from '../generate/node-view.ts';

/** What the forms of the nodes have told about themselves. */
const views = new Map<string, NodeView>();

export function describe(view: NodeView): void {
  views.set(view.type, view);
}

/** @throws where the form of no such type was loaded */
export function viewOf(type: string): NodeView {
  const view = views.get(type);
  if (view === undefined) throw new Error(`The form of ${type} was not loaded.`);
  return view;
}
