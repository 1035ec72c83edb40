import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { checkPlayer } from '../diagnosis/check-player.ts';
import { checkMicrophone } from '../diagnosis/check-microphone.ts';
import { checkEnvironment } from '../diagnosis/check-environment.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { loadSettings } from '../settings/load-settings.ts';
import type { EndpointFlags } from '../settings/load-settings.ts';
import { checkService } from '../diagnosis/check-service.ts';
import { colorsFor } from '../terminal/colors.ts';
import { Progress } from '../terminal/progress.ts';
import { formatTable } from '../terminal/table.ts';
import { print, writeTo } from '../terminal/terminal.ts';

export type DoctorFlags = EndpointFlags & { json?: boolean | undefined };

/** `stepvoice doctor`: looks at everything the commands need, for next to nothing, and says what to fix. */
export async function doctor(flags: DoctorFlags, context: CommandContext): Promise<void> {
  const { t, terminal, signal } = context;
  const settings = await loadSettings(flags, context);
  const progress = new Progress({ terminal, sampleRate: undefined, quiet: false }, t);
  progress.wait(t('progress.checking'));
  let findings: Finding[];
  try {
    findings = [
      ...(await checkEnvironment(context)),
      ...(await checkService(settings, flags.local === true, context)),
      await checkPlayer(context),
      await checkMicrophone(context),
    ];
  } finally {
    progress.stop();
  }
  signal.throwIfAborted();
  await (flags.json === true ? printJson : printTable)(findings, context);
  const broken = findings.filter((finding) => finding.state === 'broken');
  if (broken.length === 0) {
    await writeTo(terminal.stderr, `${t('doctor.allRight')}\n`);
    return;
  }
  throw new CliError(t('doctor.toFix', { count: broken.length }), {
    exitCode: broken.map((finding) => finding.exitCode).find(isDefined) ?? EXIT.failure,
  });
}

async function printTable(
  findings: readonly Finding[],
  { terminal, t }: CommandContext,
): Promise<void> {
  const { green, yellow, red, dim } = colorsFor(terminal.stdout, terminal.env);
  const marks = { good: green('✔'), warning: yellow('!'), broken: red('✖') };
  const rows = findings.map(({ check, state, text }) => [marks[state], t(`doctor.${check}`), text]);
  const lines = formatTable(rows).split('\n');
  const output = findings.flatMap(({ fix }, index) => {
    const line = lines[index] ?? '';
    return fix === undefined ? [line] : [line, dim(`   → ${fix}`)];
  });
  await print(terminal, `${output.join('\n')}\n`, t);
}

async function printJson(
  findings: readonly Finding[],
  { terminal, t }: CommandContext,
): Promise<void> {
  const report = {
    ok: findings.every((finding) => finding.state !== 'broken'),
    checks: findings.map(({ check, state, text, fix = null }) => ({ check, state, text, fix })),
  };
  await print(terminal, `${JSON.stringify(report, undefined, 2)}\n`, t);
}

function isDefined(code: ExitCode | undefined): code is ExitCode {
  return code !== undefined;
}
