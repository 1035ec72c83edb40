import type { StepAudio } from '@stepvoice/core/node';
import type { SettingsOf } from '../../definition/node-definition.ts';
import { loadCore } from '../../kit/core.ts';
import { badInput, LocalizedError } from '../../kit/flow-error.ts';
import type { accountDefinition } from './definition.ts';

export type AccountSettings = SettingsOf<(typeof accountDefinition)['properties']>;

/** What authenticates belongs into the credentials: headers are stored in the flow, and leave with its exports. */
const SECRET_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'api-key', 'x-api-key'];

/**
 * The client for an account's settings.
 *
 * @param apiKey `undefined` only where a server of one's own needs none
 * @param overrides limits for a single try in place of those of the account
 * @throws {LocalizedError} without a key
 * @throws {ValidationError} for an address or a header that cannot be used
 */
export async function createAccountClient(
  settings: AccountSettings,
  apiKey: string | undefined,
  overrides: { timeouts?: { connectMs: number; firstByteMs: number }; attempts?: number } = {},
): Promise<StepAudio> {
  const { region, plan, baseURL, maxParallel, requestsPerMinute } = settings;
  const { apiKeyEnv } = settings;
  // A variable that is named should be there, also where the server might do without.
  const needsKey = baseURL === undefined || apiKeyEnv !== undefined;
  if (apiKey === undefined && needsKey) throw noKey(apiKeyEnv);
  const headers = parseHeaders(settings.headers);
  const { StepAudio, createLimiter } = await loadCore();
  const { connectSeconds, answerSeconds, silenceSeconds } = settings;
  const timeouts = {
    ...(connectSeconds !== undefined && { connectMs: connectSeconds * 1000 }),
    ...(answerSeconds !== undefined && { firstByteMs: answerSeconds * 1000 }),
    ...(silenceSeconds !== undefined && { idleMs: silenceSeconds * 1000 }),
    ...overrides.timeouts,
  };
  return new StepAudio({
    apiKey,
    region,
    plan,
    baseURL,
    headers,
    timeouts,
    retry: { maxAttempts: overrides.attempts ?? settings.attempts },
    limiter: createLimiter({ concurrency: maxParallel, requestsPerMinute }),
    proxyEnv: process.env,
  });
}

/** @param variable that should have held it, where one was named */
function noKey(variable: string | undefined): LocalizedError {
  const text =
    variable === undefined
      ? {
          en: 'The account has no API key. Open it and enter one, or name an environment variable that holds it.',
          zh: '账户没有 API 密钥。请打开账户填写密钥，或指定保存密钥的环境变量。',
        }
      : {
          en: `The account has no API key: none is entered, and the environment variable ${variable} is not set.`,
          zh: `账户没有 API 密钥：未填写密钥，环境变量 ${variable} 也未设置。`,
        };
  return new LocalizedError('no_api_key', text, { badge: 'noKey', path: 'apiKey' });
}

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [index, line] of lines.entries()) {
    const where = `headers, ${index + 1}`;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 1 || name === '') {
      throw badInput(where, {
        en: 'must be a name and a value with a colon between them.',
        zh: '应为“名称: 值”的形式。',
      });
    }
    if (SECRET_HEADERS.includes(name.toLowerCase())) {
      throw badInput(where, {
        en: 'would stand in every export of the flow. Enter the key as API key, or name a variable.',
        zh: '会随流程导出而泄露。请将密钥填入 API 密钥，或指定环境变量。',
      });
    }
    headers[name] = line.slice(colon + 1).trim();
  }
  return headers;
}
