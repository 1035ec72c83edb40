import type { AdminError } from './admin-client.ts';
import type { Dialog } from './dialog.ts';

/** What the dialog says of a request that failed. The routes speak the reader's language; without an answer, we do. */
export function tellFailure(dialog: Dialog, { code, message }: AdminError): string {
  if (code === 'not_allowed') return dialog.text('notAllowed');
  if (code === 'unreachable') return dialog.text('unreachable');
  return message;
}
