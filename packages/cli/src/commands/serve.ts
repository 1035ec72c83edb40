import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { startEmulator } from '../service/emulator-process.ts';
import { print } from '../terminal/terminal.ts';

/** Holds a key of the user's own for the emulator, which is not for the screen. */
const KEY_VARIABLE = 'STEPVOICE_EMULATOR_API_KEY';

export type ServeFlags = { port?: string | undefined; json?: boolean | undefined };

/** `stepvoice serve`: the emulator, until it is interrupted. */
export async function serve(
  flags: ServeFlags,
  { terminal, t, signal }: CommandContext,
): Promise<void> {
  const port = flags.port === undefined ? 0 : Number(flags.port);
  if (!/^\d*$/.test(flags.port ?? '') || flags.port === '' || port > 65_535) {
    throw new UsageError(t('error.port', { label: '--port' }));
  }
  const emulator = await startEmulator({ port, signal }, t);
  try {
    const { url, apiKey } = emulator;
    const line =
      flags.json === true
        ? JSON.stringify({ url, apiKey })
        : t('serve.ready', { url, key: terminal.env[KEY_VARIABLE] ? `$${KEY_VARIABLE}` : apiKey });
    await print(terminal, `${line}\n`, t);
    const interrupted = new Promise<never>((_resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    const said = await Promise.race([emulator.over, interrupted]);
    throw new CliError(t('error.emulatorEnded', { reason: said || t('reason.unknown') }), {
      exitCode: EXIT.failure,
    });
  } finally {
    await emulator.stop();
  }
}
