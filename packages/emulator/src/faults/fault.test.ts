import { describe, expect, test } from 'vitest';
import { FaultSyntaxError, parseFaults } from './fault.ts';

describe('the compact form', () => {
  test.each([
    ['latency:300', [{ kind: 'latency', ms: 300 }]],
    ['latency:ms=300', [{ kind: 'latency', ms: 300 }]],
    ['status:429,retry-after=2', [{ kind: 'status', status: 429, retryAfter: 2 }]],
    [
      ' latency:300 ; cut:bytes=2000 , how=reset; ',
      [
        { kind: 'latency', ms: 300 },
        { kind: 'cut', bytes: 2000, how: 'reset' },
      ],
    ],
    ['stall', [{ kind: 'stall' }]],
    ['close:1011,at=audio', [{ kind: 'close', code: 1011, at: 'audio' }]],
    ['redirect:http://127.0.0.1:9/a?b=c', [{ kind: 'redirect', to: 'http://127.0.0.1:9/a?b=c' }]],
    ['error-event:engine overloaded', [{ kind: 'error-event', message: 'engine overloaded' }]],
    ['line-ends:crlf', [{ kind: 'line-ends', as: 'crlf' }]],
  ])('reads %s', (text, faults) => {
    expect(parseFaults(text)).toEqual(faults);
  });
});

test('reads JSON text, an object and an array', () => {
  const fault = { kind: 'status', status: 503, body: 'html' };
  expect(parseFaults(JSON.stringify(fault))).toEqual([fault]);
  expect(parseFaults(fault)).toEqual([fault]);
  expect(parseFaults([fault, { kind: 'stall' }])).toEqual([fault, { kind: 'stall' }]);
});

test.each([
  ['laziness', 'kind'],
  ['latency', 'Fault "latency": ms'],
  ['latency:-5', 'Fault "latency": ms'],
  ['latency:ms=5,often=yes', 'Fault "latency": often'],
  ['odd-splits:7', 'Fault "odd-splits": parameters are written name=value'],
  ['cut:1,2', 'Fault "cut": parameters are written name=value'],
  ['cut:how=softly', 'Fault "cut": how'],
  ['close:1005.5', 'no close code'],
  ['close:2000', 'no close code'],
  ['redirect:nowhere', 'Fault "redirect": to'],
  ['{"kind":', 'cannot be parsed as JSON'],
  [null, 'A fault'],
])('refuses %s and names what is wrong', (raw, message) => {
  expect(() => parseFaults(raw)).toThrow(FaultSyntaxError);
  expect(() => parseFaults(raw)).toThrow(message);
});
