import { StepAudio, ValidationError } from '@stepvoice/core/node';
import type { Limiter } from '@stepvoice/core/node';
import { UsageError } from '../cli-error.ts';
import type { Translate } from '../language/translate.ts';
import type { Plan, Region, Settings } from '../settings/settings.ts';

/** One command makes one request after the other: what the service refuses is told, not waited for. */
const NO_LIMIT: Limiter = { acquire: async () => ({ release: () => {} }) };
/** Nobody watches a command for longer without a sign of life. */
const FIRST_BYTE_MS = 30_000;
const RETRY = { maxAttempts: 2, maxRetryAfterMs: 5000 };

/** What of the library's client a command may choose. */
export type ClientOptions = Omit<
  ConstructorParameters<typeof StepAudio>[0],
  'apiKey' | 'region' | 'plan' | 'baseURL'
>;

/**
 * The library's client for an account and an address.
 *
 * @throws {UsageError} for an address it refuses.
 */
export function createClient(
  account: { apiKey: string } & Partial<Pick<Settings, 'region' | 'plan' | 'baseURL'>>,
  options: ClientOptions,
  t: Translate,
): StepAudio {
  const { apiKey, region, plan, baseURL } = account;
  try {
    return new StepAudio({
      limiter: NO_LIMIT,
      retry: RETRY,
      timeouts: { firstByteMs: FIRST_BYTE_MS },
      ...options,
      apiKey,
      // Checked where they were read.
      region: region?.value as Region | undefined,
      plan: plan?.value as Plan | undefined,
      baseURL: baseURL?.value,
    });
  } catch (error) {
    if (error instanceof ValidationError && error.path === 'baseURL' && baseURL !== undefined) {
      throw new UsageError(t('error.baseURL', { label: baseURL.label }));
    }
    throw error;
  }
}
