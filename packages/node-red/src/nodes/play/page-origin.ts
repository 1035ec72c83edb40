import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser opened the socket from a page of this server, or of one of the other origins. A page of anybody else could open
 * one, too: the rule of one origin does not hold for sockets.
 *
 * @param others such as `https://home.example.org`; what is no address allows nothing
 */
export function isAllowedOrigin(headers: IncomingHttpHeaders, others: readonly string[]): boolean {
  // Every browser sends it, and no page can change it.
  const origin = parse(headers.origin);
  if (origin === undefined) return false;
  // Nor can a page set that of a proxy.
  const forwarded = headers['x-forwarded-host'];
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim();
  const own = [headers.host, first].some(
    (host) => host !== undefined && parse(`${origin.protocol}//${host}`)?.host === origin.host,
  );
  return own || others.some((other) => parse(other)?.origin === origin.origin);
}

function parse(address: string | undefined): URL | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}
