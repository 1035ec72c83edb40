import type { StepAudio } from '@stepvoice/core/node';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import type { Settings } from '../settings/settings.ts';
import { createClient } from './client.ts';
import type { ClientOptions } from './client.ts';
import { startEmulator } from './emulator-process.ts';

/** Somebody who speaks: the service with the user's key, or the emulator. */
export type Service = {
  readonly client: StepAudio;
  /** Ends what was started for it. */
  close(): Promise<void>;
};

/**
 * Opens the service the settings name. With `local`, or where nothing names a key or an address, it is the emulator.
 *
 * @throws {CliError} for an address without a key, and where the emulator does not start.
 */
export async function openService(
  options: {
    settings: Settings;
    local: boolean;
    /** Called before the emulator is started: that takes a moment. */
    onEmulator: (asked: boolean) => void;
    /** Where the command is no single request: limits and retries of its own. */
    client?: ClientOptions | undefined;
  },
  { t, signal }: CommandContext,
): Promise<Service> {
  const { settings, local, onEmulator, client: clientOptions = {} } = options;
  const { apiKey, baseURL } = settings;
  if (!local && apiKey !== undefined) {
    const client = createClient({ ...settings, apiKey: apiKey.value }, clientOptions, t);
    return { client, close: () => client.close() };
  }
  if (!local && baseURL !== undefined) {
    throw new CliError(t('error.noKeyForAddress', { address: baseURL.label }), {
      exitCode: EXIT.authentication,
      advice: t('advice.storeKey'),
    });
  }
  onEmulator(local);
  const emulator = await startEmulator({ port: 0, region: settings.region?.value, signal }, t);
  const address = { value: emulator.url, origin: 'flag', label: '--local' } as const;
  const client = createClient({ apiKey: emulator.apiKey, baseURL: address }, clientOptions, t);
  return {
    client,
    async close() {
      await client.close();
      await emulator.stop();
    },
  };
}
