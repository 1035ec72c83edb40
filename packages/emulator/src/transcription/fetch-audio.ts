import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { TRANSCRIPTION_FILE_LIMIT } from '@stepvoice/core/protocol';
import type { Clock } from '../clock.ts';

const TIME_LIMIT_MS = 60_000;

/** Why nothing could be downloaded, in words that a client may read. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

/**
 * Downloads what is behind an address that a client named: over http or https, from a public address or from this machine
 * (the emulator's own files among them), without a redirect, less than 100 MB, within a minute.
 *
 * @throws {DownloadError} and the signal's reason.
 */
export async function fetchAudio(
  address: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Uint8Array> {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new DownloadError('invalid audio url');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 && isForbidden(host)) throw forbidden();
  const timeout = new AbortController();
  const cancel = clock.after(TIME_LIMIT_MS, () => timeout.abort());
  try {
    const answer = await get(url, AbortSignal.any([signal, timeout.signal]));
    return await readAll(answer);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(
      timeout.signal.aborted
        ? 'the audio url did not answer in time'
        : 'the audio url cannot be reached',
      { cause: error },
    );
  } finally {
    cancel();
  }
}

function get(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(url, { lookup: lookupAllowed, signal, agent: false })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

async function readAll(answer: IncomingMessage): Promise<Uint8Array> {
  const { statusCode = 0, headers } = answer;
  try {
    if (statusCode >= 300 && statusCode < 400) {
      throw new DownloadError('the audio url redirects; redirects are not followed');
    }
    if (statusCode !== 200) throw new DownloadError(`the audio url answered ${statusCode}`);
    if (Number(headers['content-length'] ?? 0) >= TRANSCRIPTION_FILE_LIMIT) throw tooLarge();
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= TRANSCRIPTION_FILE_LIMIT) throw tooLarge();
    }
    return Buffer.concat(parts);
  } finally {
    answer.destroy();
  }
}

/** Looks at what a name stands for at the moment of the connection, so that it cannot stand for something else then. */
const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const allowed = addresses.filter(({ address }) => !isForbidden(address));
    const [first] = allowed;
    if (first === undefined) return callback(forbidden(), '', 0);
    if (options.all === true) {
      return (callback as unknown as (error: null, list: LookupAddress[]) => void)(null, allowed);
    }
    callback(null, first.address, first.family);
  });
};

/** Neither public nor this machine: private and link-local networks, where other services trust whoever can ask. */
function isForbidden(address: string): boolean {
  return FORBIDDEN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Special-purpose networks by IANA's registries (RFC 6890), without loopback. */
const FORBIDDEN = createBlockList([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]);

function createBlockList(networks: readonly [string, number][]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of networks) {
    list.addSubnet(network, bits, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function forbidden(): DownloadError {
  return new DownloadError('the audio url is not public');
}

function tooLarge(): DownloadError {
  return new DownloadError('the audio is larger than 100 MB');
}
