import { CliError, UsageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import type { Translate } from '../language/translate.ts';
import { startEmulator } from '../service/emulator-process.ts';
import { REGIONS } from '../settings/settings.ts';
import { print } from '../terminal/terminal.ts';

/** Holds a key of the user's own for the emulator, which is not for the screen. */
const KEY_VARIABLE = 'STEPVOICE_EMULATOR_API_KEY';

export type ServeFlags = {
  port?: string | undefined;
  json?: boolean | undefined;
  region?: string | undefined;
  transcripts?: string | undefined;
  recognizer?: string | undefined;
  upstream?: string | undefined;
  upstreamModel?: string | undefined;
  upstreamKeyVariable?: string | undefined;
  pace?: string | undefined;
  strict?: boolean | undefined;
};

const PACES = ['real-time', 'fast'] as const;

/** `stepvoice serve`: the emulator, until it is interrupted. */
export async function serve(
  flags: ServeFlags,
  { terminal, t, signal }: CommandContext,
): Promise<void> {
  const port = flags.port === undefined ? 0 : Number(flags.port);
  if (!/^\d*$/.test(flags.port ?? '') || flags.port === '' || port > 65_535) {
    throw new UsageError(t('error.port', { label: '--port' }));
  }
  const { region } = flags;
  const args = toEmulatorArguments(flags, t);
  const emulator = await startEmulator({ port, region, args, signal }, t);
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

/** What the emulator is told as it stands; it says itself what is wrong with it. */
function toEmulatorArguments(flags: ServeFlags, t: Translate): string[] {
  const { region, pace, strict, transcripts, recognizer, upstream } = flags;
  const { upstreamModel, upstreamKeyVariable } = flags;
  checkChoice('--region', region, REGIONS, t);
  checkChoice('--pace', pace, PACES, t);
  if (upstream === undefined && (upstreamModel ?? upstreamKeyVariable) !== undefined) {
    const option = upstreamModel === undefined ? '--upstream-key-variable' : '--upstream-model';
    throw new UsageError(t('error.needs', { option, needed: '--upstream' }));
  }
  const given = {
    transcripts,
    recognizer,
    upstream,
    'upstream-model': upstreamModel,
    'upstream-key-variable': upstreamKeyVariable,
    pace,
  };
  const named = Object.entries(given).flatMap(([name, value]) =>
    // With "=", so that a value may begin with a dash.
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return strict === true ? [...named, '--strict'] : named;
}

function checkChoice(
  label: string,
  value: string | undefined,
  choices: readonly string[],
  t: Translate,
): void {
  if (value === undefined || choices.includes(value)) return;
  throw new UsageError(t('error.choice', { label, value, choices: choices.join(', ') }));
}
