import { ValidationError } from '../errors.ts';
import { parseUrl } from './parse-url.ts';

/** `cn` is api.stepfun.com, `intl` api.stepfun.ai. Accounts, keys and voices of the two are separate. */
export type Region = 'cn' | 'intl';

/** `payg` bills each call (`/v1`), `step-plan` uses the subscription (`/step_plan/v1`). The address decides, not the key. */
export type Plan = 'payg' | 'step-plan';

export type BaseUrlOptions = {
  region?: Region | undefined;
  plan?: Plan | undefined;
  baseURL?: string | undefined;
  allowInsecure?: boolean | undefined;
};

export type BaseUrl = {
  /** `https://host/prefix`, without a slash at the end. */
  href: string;
  origin: string;
  plan: Plan;
};

const HOSTS = { cn: 'https://api.stepfun.com', intl: 'https://api.stepfun.ai' } as const;
const PREFIXES = { payg: '/v1', 'step-plan': '/step_plan/v1' } as const;

/**
 * Where the requests go. A `baseURL` may hold the prefix (`https://host/v1`, `https://host/step_plan/v1`) or leave it
 * out (`https://host`, `http://127.0.0.1:8080`, `https://relay.example/stepfun`), when the plan's own is added.
 *
 * @throws {ValidationError} for an unknown region or plan, a `baseURL` that is no plain http(s) or ws(s) address, one
 *   whose prefix contradicts `plan`, and one that would carry the key unencrypted beyond this machine.
 */
export function resolveBaseUrl(options: BaseUrlOptions): BaseUrl {
  const { region = 'cn', plan, baseURL, allowInsecure = false } = options;
  if (!Object.hasOwn(HOSTS, region)) throw choiceError('region', region, Object.keys(HOSTS));
  if (plan !== undefined && !Object.hasOwn(PREFIXES, plan)) {
    throw choiceError('plan', plan, Object.keys(PREFIXES));
  }
  if (baseURL === undefined) {
    const origin = HOSTS[region];
    return { href: origin + PREFIXES[plan ?? 'payg'], origin, plan: plan ?? 'payg' };
  }

  const url = parseBaseUrl(baseURL);
  if (!isSecure(url) && !isLoopback(url) && !allowInsecure) {
    throw baseUrlError(
      `it would send the key to ${url.host} without encryption`,
      'https, or http to this machine (localhost, 127.0.0.1, [::1])',
      'https://, or allowInsecure: true in a network you trust',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  const named: Plan | undefined = path.endsWith(PREFIXES['step-plan'])
    ? 'step-plan'
    : path.endsWith(PREFIXES.payg)
      ? 'payg'
      : undefined;
  if (named !== undefined && plan !== undefined && named !== plan) {
    throw baseUrlError(
      `its prefix belongs to plan "${named}", not to "${plan}"`,
      `a base address that ends with ${PREFIXES[plan]} or has no prefix`,
    );
  }
  const href = url.origin + path + (named === undefined ? PREFIXES[plan ?? 'payg'] : '');
  return { href, origin: url.origin, plan: named ?? plan ?? 'payg' };
}

/** Which of the service's hosts an address is; `undefined` for a relay and any other server. */
export function regionOf(origin: string): Region | undefined {
  if (origin === HOSTS.cn) return 'cn';
  return origin === HOSTS.intl ? 'intl' : undefined;
}

/** Whether what is sent there is encrypted on the way. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'wss:';
}

/** Whether an address can only be this machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}

function parseBaseUrl(text: string): URL {
  const url = parseUrl(text);
  if (url === undefined) {
    throw baseUrlError('it is not an absolute address', 'such as https://api.stepfun.com');
  }
  const protocol = { 'http:': 'http:', 'https:': 'https:', 'ws:': 'http:', 'wss:': 'https:' }[
    url.protocol
  ];
  if (protocol === undefined) {
    throw baseUrlError(`${url.protocol} is not spoken here`, 'http, https, ws or wss');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw baseUrlError(
      'addresses are logged on their way, so nothing secret may stand in one',
      'scheme, host, port and path only',
      'apiKey, or headers',
    );
  }
  // `URL.protocol` cannot be changed between special schemes in every runtime: build it anew.
  return new URL(`${protocol}//${url.host}${url.pathname}`);
}

function baseUrlError(reason: string, allowed: string, instead?: string): ValidationError {
  const advice = instead === undefined ? '' : ` Use ${instead}.`;
  // The address itself may hold a password: it is not repeated.
  return new ValidationError(`baseURL cannot be used: ${reason}. Allowed: ${allowed}.${advice}`, {
    path: 'baseURL',
    value: undefined,
    allowed,
    instead,
  });
}

function choiceError(path: string, value: unknown, choices: string[]): ValidationError {
  const allowed = `one of ${choices.join(', ')}`;
  return new ValidationError(`${path} must be ${allowed}.`, { path, value, allowed });
}
