import registerAccount from '../../../entries/stepvoice-account.ts';
import registerTts from '../../../entries/stepvoice-tts.ts';
import { registerNode } from '../../../kit/register-node.ts';
import { coreNode, FreshFlows, type FreshFlow } from '../../../testing/fresh-flows.ts';
import { createChat } from '../chat-node.ts';
import { chatDefinition } from '../definition.ts';

export const startChatFlows = (): Promise<FreshFlows> =>
  FreshFlows.start((clock) => [
    registerAccount,
    registerTts,
    (RED) => registerNode(RED, chatDefinition, createChat, { clock }),
    coreNode('sequence/17-split'),
  ]);

export type MoreNodes = {
  /** Where the text goes, too. */
  wires?: readonly string[];
  helpers?: readonly string[];
  more?: FreshFlow;
};

/** A node `chat` with the helpers `out`, `audio`, `tools` and `events`. */
export function deployChat(
  flows: FreshFlows,
  settings: Record<string, unknown>,
  { wires = [], helpers = [], more = () => [] }: MoreNodes = {},
): Promise<void> {
  const outputs = ['out', 'audio', 'tools', 'events'];
  return flows.deploy([...outputs, ...helpers], (account, named) => [
    {
      id: named('chat'),
      type: 'stepvoice-chat',
      account,
      ...settings,
      wires: outputs.map((id) => (id === 'out' ? [named(id), ...wires] : [named(id)])),
    },
    ...more(account, named),
  ]);
}
