import { stat } from 'node:fs/promises';
import type { CommandContext } from '../command-context.ts';
import { EMULATOR_PACKAGE, isEmulatorInstalled } from '../service/emulator-process.ts';
import { isReadableByOthers } from '../settings/config-file.ts';
import { configPath } from '../settings/config-path.ts';
import { readVersion } from '../version.ts';
import type { Finding } from './finding.ts';

/** The program, its settings file, and the emulator. */
export async function checkEnvironment(context: CommandContext): Promise<Finding[]> {
  const { t, terminal } = context;
  const versions = {
    version: readVersion(),
    node: process.versions.node,
    platform: terminal.platform,
  };
  return [
    { check: 'program', state: 'good', text: t('doctor.programFound', versions) },
    await checkFile(context),
    isEmulatorInstalled()
      ? { check: 'emulator', state: 'good', text: t('doctor.emulatorFound') }
      : {
          check: 'emulator',
          state: 'warning',
          text: t('doctor.emulatorNone'),
          fix: t('advice.noEmulator', { package: EMULATOR_PACKAGE }),
        },
  ];
}

async function checkFile({ t, terminal }: CommandContext): Promise<Finding> {
  const file = configPath(terminal.platform, terminal.env);
  const exists = (await stat(file).catch(() => undefined)) !== undefined;
  if (!exists)
    return { check: 'settings', state: 'good', text: t('doctor.settingsNone', { file }) };
  if (await isReadableByOthers(file, terminal.platform)) {
    return {
      check: 'settings',
      state: 'broken',
      text: t('doctor.settingsOpen', { file }),
      fix: t('doctor.settingsOpenFix', { file }),
    };
  }
  return { check: 'settings', state: 'good', text: file };
}
