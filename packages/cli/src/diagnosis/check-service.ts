import { AuthenticationError, CapabilityError } from '@stepvoice/core/node';
import type { CommandContext } from '../command-context.ts';
import { DEFAULT_MODEL, DEFAULT_VOICE } from '../commands/voice-options.ts';
import { EXIT } from '../exit-code.ts';
import { explainError } from '../explain-error.ts';
import { createClient } from '../service/client.ts';
import { startEmulator } from '../service/emulator-process.ts';
import type { Emulator } from '../service/emulator-process.ts';
import { maskKey } from '../settings/settings.ts';
import type { Setting, Settings } from '../settings/settings.ts';
import type { Finding } from './finding.ts';
import { probeCapabilities } from './probe-capabilities.ts';
import type { CapabilityResult } from './probe-capabilities.ts';
import { probeHttp, probeSocket } from './probe-service.ts';
import type { HttpProbeResult, ProbeOptions, ProbeResult } from './probe-service.ts';

/** Off by more, and encrypted connections may fail. */
const LARGEST_CLOCK_ERROR_SECONDS = 120;
/** Stands in where there is no key: whether somebody answers can be seen all the same. */
const NO_KEY = 'none';

/** Key, address, both ways to speak, what else the account can do, and the clock. */
export async function checkService(
  settings: Settings,
  local: boolean,
  context: CommandContext,
): Promise<Finding[]> {
  const { t, signal } = context;
  let emulator: Emulator | undefined;
  try {
    if (local)
      emulator = await startEmulator({ port: 0, region: settings.region?.value, signal }, t);
    const probe = toProbe(settings, emulator, context);
    const http = await probeHttp(probe);
    const socket = await probeSocket(probe);
    const { ms } = socket;
    const { voice, model } = probe;
    // Without a key that is taken, or without anybody who answers, the others would say the same again.
    const capabilities = http.outcome === 'taken' ? await probeCapabilities(probe) : [];
    return [
      checkKey(settings.apiKey, emulator !== undefined, http, context),
      checkAddress(settings, emulator !== undefined, http, context),
      toFinding('http', http, t('doctor.taken', { ms: http.ms }), context),
      toFinding('socket', socket, t('doctor.socketTaken', { ms, voice, model }), context),
      ...capabilities.map((result) => toCapabilityFinding(result, context)),
      checkClock(http.clockErrorSeconds, context),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [toBroken(local ? 'emulator' : 'address', error, context)];
  } finally {
    await emulator?.stop();
  }
}

function toProbe(
  settings: Settings,
  emulator: Emulator | undefined,
  { t, signal }: CommandContext,
): ProbeOptions {
  const account =
    emulator === undefined
      ? { ...settings, apiKey: settings.apiKey?.value ?? NO_KEY }
      : {
          apiKey: emulator.apiKey,
          baseURL: { value: emulator.url, origin: 'flag', label: '--local' } as const,
        };
  return {
    createClient: (options) => createClient(account, options, t),
    voice: settings.voice?.value ?? DEFAULT_VOICE,
    model: settings.model?.value ?? DEFAULT_MODEL,
    signal,
  };
}

function checkKey(
  key: Setting | undefined,
  isEmulator: boolean,
  http: ProbeResult,
  { t }: CommandContext,
): Finding {
  if (isEmulator) return { check: 'key', state: 'good', text: t('doctor.keyEmulator') };
  const exitCode = EXIT.authentication;
  if (key === undefined) {
    const fix = t('doctor.keyMissingFix');
    return { check: 'key', state: 'broken', text: t('doctor.keyMissing'), fix, exitCode };
  }
  const found = t('doctor.keyFound', { key: maskKey(key.value), label: key.label });
  if (http.outcome !== 'refused') return { check: 'key', state: 'good', text: found };
  const { message, advice } = explainError(http.error, t);
  const text = `${found}: ${message}`;
  return { check: 'key', state: 'broken', text, fix: advice[0], exitCode };
}

function checkAddress(
  settings: Settings,
  isEmulator: boolean,
  { host = '?' }: HttpProbeResult,
  { t }: CommandContext,
): Finding {
  const { baseURL, region, plan } = settings;
  const text = isEmulator
    ? t('doctor.addressEmulator', { host })
    : baseURL === undefined
      ? t('doctor.addressRegion', {
          host,
          region: region?.value ?? 'cn',
          plan: plan?.value ?? 'payg',
        })
      : t('doctor.addressBase', { host, label: baseURL.label });
  return { check: 'address', state: 'good', text };
}

function toFinding(
  check: 'http' | 'socket',
  { outcome, ms, error }: ProbeResult,
  taken: string,
  context: CommandContext,
): Finding {
  switch (outcome) {
    case 'taken':
      return { check, state: 'good', text: taken };
    case 'refused':
      return { check, state: 'good', text: context.t('doctor.answered', { ms }) };
    case 'failed':
      return toBroken(check, error, context);
  }
}

function toCapabilityFinding(result: CapabilityResult, context: CommandContext): Finding {
  const { check, ms, error, count } = result;
  const { t } = context;
  if (error === undefined) {
    const found = t('doctor.works', { ms });
    const text = count === undefined ? found : t('doctor.counted', { ms, count });
    return { check, state: 'good', text };
  }
  if (error instanceof CapabilityError) {
    return { check, state: 'warning', text: t('doctor.notInPlan'), fix: t('doctor.planFix') };
  }
  if (error instanceof AuthenticationError && error.status === 403) {
    return { check, state: 'warning', text: explainError(error, t).message };
  }
  return toBroken(check, error, context);
}

function toBroken(check: Finding['check'], error: unknown, { t }: CommandContext): Finding {
  const { message, advice, exitCode } = explainError(error, t);
  const fix = exitCode === EXIT.network ? t('doctor.networkFix') : advice.join(' ') || undefined;
  return { check, state: 'broken', text: message, fix, exitCode };
}

function checkClock(errorSeconds: number | undefined, { t }: CommandContext): Finding {
  if (errorSeconds === undefined) {
    return { check: 'clock', state: 'warning', text: t('doctor.clockUnknown') };
  }
  const seconds = Math.max(1, Math.round(Math.abs(errorSeconds)));
  if (seconds <= LARGEST_CLOCK_ERROR_SECONDS) {
    return { check: 'clock', state: 'good', text: t('doctor.clockRight', { seconds }) };
  }
  return {
    check: 'clock',
    state: 'broken',
    text: t('doctor.clockWrong', { seconds }),
    fix: t('doctor.clockWrongFix'),
  };
}
