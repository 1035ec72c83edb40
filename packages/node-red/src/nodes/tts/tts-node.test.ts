import { Buffer } from 'node:buffer';
import { afterEach, expect, it } from 'vitest';
import registerAccount from '../../entries/stepvoice-account.ts';
import registerTts from '../../entries/stepvoice-tts.ts';
import { startFlowRig, type FlowRig } from '../../testing/flow-rig.ts';

let rig: FlowRig;
afterEach(() => rig.close());

it('speaks a message', async () => {
  rig = await startFlowRig([registerAccount, registerTts], (account) => [
    {
      id: 'tts',
      type: 'stepvoice-tts',
      account,
      voice: 'data-voice',
      format: 'wav',
      wires: [['out'], ['events']],
    },
    { id: 'out', type: 'helper' },
    { id: 'events', type: 'helper' },
  ]);
  rig.send('tts', { payload: 'Hello.', kept: 1 });
  const message = await rig.next('out');
  expect(message.payload).toBeInstanceOf(Buffer);
  expect(message['kept']).toBe(1);
  await rig.nextEnded('tts');
  expect(rig.ended('tts')).toMatchObject([{ error: undefined }]);
});

it('hands a failure to Catch', async () => {
  rig = await startFlowRig([registerAccount, registerTts], (account) => [
    { id: 'tts', type: 'stepvoice-tts', account, voice: 'data-voice', wires: [[], []] },
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'helper' },
  ]);
  rig.emulator.faults.add({ fault: 'status:401' });
  rig.send('tts', { payload: 'Hello.' });
  const { error } = (await rig.next('caught')) as { error?: { code: string; message: string } };
  expect(error).toMatchObject({ code: 'invalid_api_key', cause: { status: 401 } });
});
