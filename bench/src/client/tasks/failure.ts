import { TWO_SENTENCES } from '../speech-client.ts';
import type { SpeechClient, Transport } from '../speech-client.ts';

/** Far beyond what a failure on loopback takes; to hang is no better than to be silent. */
const PATIENCE_MS = 5000;

/** Whether the caller hears of something that went wrong. */
export async function measureFailure(
  client: SpeechClient,
  { transport, unknownOption }: { transport: Transport; unknownOption: boolean },
): Promise<{ noticed: boolean }> {
  const unknownOptions = unknownOption ? { unknownOptions: { sped: 2 } } : {};
  const spoken = client
    .speak({ transport, text: TWO_SENTENCES, ...unknownOptions }, () => undefined)
    .then(
      () => false,
      () => true,
    );
  const hung = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false));
  return { noticed: await Promise.race([spoken, hung]) };
}
