/** What the emulator serves, as counters, the request log and fault rules name it. */
export const ENDPOINTS = [
  'speech',
  'speech-socket',
  'chat',
  'realtime',
  'asr-sse',
  'asr-socket',
  'asr-file-submit',
  'asr-file-query',
  'transcriptions',
  'system-voices',
  'models',
  'model',
  'file-upload',
  'file-list',
  'stored-file',
  'file-deletion',
  'file-content',
  'voice-clone',
  'voice-list',
  'voice-preview',
  'file',
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** Those that answer a WebSocket upgrade only. */
const SOCKET_ENDPOINTS = [
  'speech-socket',
  'realtime',
  'asr-socket',
] as const satisfies readonly Endpoint[];

export type SocketEndpoint = (typeof SOCKET_ENDPOINTS)[number];

export function isSocketEndpoint(endpoint: Endpoint): endpoint is SocketEndpoint {
  return (SOCKET_ENDPOINTS as readonly Endpoint[]).includes(endpoint);
}

/** The two doors of the service: pay as you go, and the subscription. */
export type Plan = 'payg' | 'step-plan';

export type Route = {
  endpoint: Endpoint;
  method: 'GET' | 'POST' | 'DELETE';
  /** Path behind the prefix; `*` stands for one segment. */
  path: string;
  /** Whether the subscription serves it too; `documented` where it is said to and does not. */
  stepPlan: boolean | 'documented';
  /** Whether it answers a WebSocket upgrade only. */
  upgrade: boolean;
};

const ROUTES: readonly Route[] = [
  { endpoint: 'speech', method: 'POST', path: '/audio/speech', stepPlan: true, upgrade: false },
  { endpoint: 'chat', method: 'POST', path: '/chat/completions', stepPlan: true, upgrade: false },
  {
    endpoint: 'speech-socket',
    method: 'GET',
    path: '/realtime/audio',
    stepPlan: true,
    upgrade: true,
  },
  { endpoint: 'realtime', method: 'GET', path: '/realtime', stepPlan: true, upgrade: true },
  { endpoint: 'asr-sse', method: 'POST', path: '/audio/asr/sse', stepPlan: true, upgrade: false },
  {
    endpoint: 'asr-socket',
    method: 'GET',
    path: '/realtime/asr/stream',
    stepPlan: false,
    upgrade: true,
  },
  // Another spelling, seen in the wild.
  {
    endpoint: 'asr-socket',
    method: 'GET',
    path: '/audio/asr/stream',
    stepPlan: false,
    upgrade: true,
  },
  {
    endpoint: 'asr-file-submit',
    method: 'POST',
    path: '/audio/asr/file/submit',
    stepPlan: false,
    upgrade: false,
  },
  {
    endpoint: 'asr-file-query',
    method: 'POST',
    path: '/audio/asr/file/query',
    stepPlan: false,
    upgrade: false,
  },
  {
    endpoint: 'transcriptions',
    method: 'POST',
    path: '/audio/transcriptions',
    stepPlan: false,
    upgrade: false,
  },
  {
    endpoint: 'system-voices',
    method: 'GET',
    path: '/audio/system_voices',
    stepPlan: false,
    upgrade: false,
  },
  { endpoint: 'models', method: 'GET', path: '/models', stepPlan: false, upgrade: false },
  { endpoint: 'model', method: 'GET', path: '/models/*', stepPlan: false, upgrade: false },
  { endpoint: 'file-upload', method: 'POST', path: '/files', stepPlan: false, upgrade: false },
  { endpoint: 'file-list', method: 'GET', path: '/files', stepPlan: false, upgrade: false },
  { endpoint: 'stored-file', method: 'GET', path: '/files/*', stepPlan: false, upgrade: false },
  {
    endpoint: 'file-deletion',
    method: 'DELETE',
    path: '/files/*',
    stepPlan: false,
    upgrade: false,
  },
  {
    endpoint: 'file-content',
    method: 'GET',
    path: '/files/*/content',
    stepPlan: false,
    upgrade: false,
  },
  {
    endpoint: 'voice-clone',
    method: 'POST',
    path: '/audio/voices',
    stepPlan: true,
    upgrade: false,
  },
  { endpoint: 'voice-list', method: 'GET', path: '/audio/voices', stepPlan: true, upgrade: false },
  {
    endpoint: 'voice-preview',
    method: 'POST',
    path: '/audio/voices/preview',
    stepPlan: 'documented',
    upgrade: false,
  },
];

const PREFIXES: readonly [prefix: string, plan: Plan][] = [
  ['/step_plan/v1', 'step-plan'],
  ['/v1', 'payg'],
];

export const ADMIN_PREFIX = '/_emulator';
export const FILES_PREFIX = '/files/';

export type RouteMatch =
  | { kind: 'route'; route: Route; plan: Plan; parameter: string }
  | { kind: 'wrong-method'; allowed: readonly string[] }
  | { kind: 'file'; name: string }
  | { kind: 'admin'; name: string }
  | { kind: 'none' };

/**
 * Finds what a request asks for. Trailing and doubled slashes make no difference.
 *
 * @param strict whether the subscription serves what the documentation says
 */
export function findRoute(method: string, pathname: string, strict = false): RouteMatch {
  const path = pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  if (path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`)) {
    return { kind: 'admin', name: path.slice(ADMIN_PREFIX.length + 1) };
  }
  if (path.startsWith(FILES_PREFIX)) return { kind: 'file', name: path.slice(FILES_PREFIX.length) };
  const door = PREFIXES.find(([prefix]) => path.startsWith(`${prefix}/`));
  if (door === undefined) return { kind: 'none' };
  const [prefix, plan] = door;
  const rest = path.slice(prefix.length);
  const rows = ROUTES.filter(
    ({ stepPlan }) => plan === 'payg' || (stepPlan === 'documented' ? strict : stepPlan),
  ).flatMap((route) => {
    const parameter = matchPath(route.path, rest);
    return parameter === undefined ? [] : [{ route, parameter }];
  });
  if (rows.length === 0) return { kind: 'none' };
  const row = rows.find(({ route }) => route.method === method);
  if (row === undefined)
    return { kind: 'wrong-method', allowed: rows.map(({ route }) => route.method) };
  return { kind: 'route', plan, ...row };
}

/** The segment that `*` stood for, an empty text where there is no `*`, `undefined` where the path does not fit. */
function matchPath(pattern: string, path: string): string | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let parameter = '';
  for (const [i, segment] of wanted.entries()) {
    if (segment === '*' && given[i] !== '') parameter = given[i] ?? '';
    else if (segment !== given[i]) return undefined;
  }
  return parameter;
}
