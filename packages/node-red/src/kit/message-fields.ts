import type { FlowMessage } from './node-red.ts';

/**
 * A copy of a message with other properties. One that is `undefined` is left out: Node-RED's own nodes ask whether a message
 * has a property, not whether it holds something.
 */
export function withFields(message: FlowMessage, fields: FlowMessage): FlowMessage {
  const copy: FlowMessage = { ...message, ...fields };
  for (const name of Object.keys(fields)) if (fields[name] === undefined) delete copy[name];
  return copy;
}
