import { openClientByHand } from './client-by-hand.ts';
import type { OpenProtocolClient } from './protocol-client.ts';
import { openStepvoiceClient } from './stepvoice-client.ts';
import type { ClientName, Task, TaskResults } from './task.ts';
import { measureOverhead } from './tasks/overhead.ts';
import { measureSessions } from './tasks/sessions.ts';
import { measureUpload } from './tasks/upload.ts';

// None of these modules loads a package by being imported: that belongs to what is measured.
const CLIENTS: Readonly<Record<ClientName, OpenProtocolClient>> = {
  ours: openStepvoiceClient,
  'by hand': openClientByHand,
};

async function perform(task: Task): Promise<TaskResults[Task['kind']]> {
  const client = await CLIENTS[task.client](task.baseUrl);
  switch (task.kind) {
    case 'overhead':
      return measureOverhead(client, task);
    case 'upload':
      return measureUpload(client, task);
    case 'sessions':
      return measureSessions(client, task);
  }
}

const result = await perform(JSON.parse(process.argv[2] ?? '{}') as Task);
process.stdout.write(JSON.stringify(result), () => process.exit());
