import { ServiceError } from '../errors.ts';
import { isLoopback, isSecure } from './base-url.ts';
import type { Redirect } from './exchange.ts';
import { parseUrl } from './parse-url.ts';

const MOST_REDIRECTS = 5;

/**
 * Where a redirected request goes: only to the same origin, since the key goes along, and only if it stays the request
 * it was.
 *
 * @throws {ServiceError} for any other redirect; it names the origin, no more.
 */
export function followRequest(
  redirect: Redirect,
  from: URL,
  redirectsBefore: number,
  origin: string,
): URL {
  const to = locationOf(redirect, from);
  if (to === undefined || to.origin !== origin) {
    throw redirectError(redirect, `the key goes to ${origin} only`, to);
  }
  // The others would turn a POST into a GET (RFC 9110 §15.4).
  if (redirect.status !== 307 && redirect.status !== 308) {
    throw redirectError(redirect, 'it would turn the request into another one', to);
  }
  refuseLongChain(redirect, redirectsBefore);
  return to;
}

/** @throws {ServiceError} for the sixth redirect in a row. */
export function refuseLongChain(redirect: Redirect, redirectsBefore: number): void {
  if (redirectsBefore >= MOST_REDIRECTS) throw redirectError(redirect, 'it is the sixth in a row');
}

/**
 * An address to download from, named by the service or by a redirect: encrypted, or in the clear where that is allowed,
 * and never less safe than the one before.
 *
 * @throws {ServiceError} for any other; it is not repeated, since whoever has such an address has the file.
 */
export function toDownloadUrl(
  href: string | undefined,
  from: URL | undefined,
  allowed: { loopback: boolean; insecure: boolean },
): URL {
  const url = href === undefined ? undefined : parseUrl(href, from);
  const isEncrypted = url?.protocol === 'https:';
  const isClearButAllowed =
    url?.protocol === 'http:' && (allowed.insecure || (allowed.loopback && isLoopback(url)));
  const isDowngrade = from !== undefined && isSecure(from) && !isEncrypted;
  if (url === undefined || isDowngrade || !(isEncrypted || isClearButAllowed)) {
    throw new ServiceError('The service named an address that is not safe to download from.', {
      code: 'unsafe_url',
    });
  }
  return url;
}

function locationOf(redirect: Redirect, from: URL): URL | undefined {
  const { location } = redirect;
  return location === undefined ? undefined : parseUrl(location, from);
}

function redirectError(redirect: Redirect, reason: string, to?: URL): ServiceError {
  const where = to === undefined || to.origin === 'null' ? '' : ` to ${to.origin}`;
  return new ServiceError(
    `The service redirects${where}, which is not followed: ${reason}. If that address is right, set baseURL to it.`,
    { code: 'redirect_refused', status: redirect.status === 0 ? undefined : redirect.status },
  );
}
