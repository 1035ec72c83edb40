/** What the emulator serves, as counters, the request log and fault rules name it. */
export const ENDPOINTS = [
  'speech',
  'speech-socket',
  'system-voices',
  'models',
  'model',
  'file',
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** The two doors of the service: pay as you go, and the subscription. */
export type Plan = 'payg' | 'step-plan';

export type Route = {
  endpoint: Endpoint;
  method: 'GET' | 'POST';
  /** Path behind the prefix; `*` stands for one segment. */
  path: string;
  /** Whether the subscription serves it too. */
  stepPlan: boolean;
  /** Whether it answers a WebSocket upgrade only. */
  upgrade: boolean;
};

const ROUTES: readonly Route[] = [
  { endpoint: 'speech', method: 'POST', path: '/audio/speech', stepPlan: true, upgrade: false },
  {
    endpoint: 'speech-socket',
    method: 'GET',
    path: '/realtime/audio',
    stepPlan: true,
    upgrade: true,
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

/** Finds what a request asks for. Trailing and doubled slashes make no difference. */
export function findRoute(method: string, pathname: string): RouteMatch {
  const path = pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  if (path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`)) {
    return { kind: 'admin', name: path.slice(ADMIN_PREFIX.length + 1) };
  }
  if (path.startsWith(FILES_PREFIX)) return { kind: 'file', name: path.slice(FILES_PREFIX.length) };
  const door = PREFIXES.find(([prefix]) => path.startsWith(`${prefix}/`));
  if (door === undefined) return { kind: 'none' };
  const [prefix, plan] = door;
  const rest = path.slice(prefix.length);
  const rows = ROUTES.filter((route) => plan === 'payg' || route.stepPlan).flatMap((route) => {
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
  if (!pattern.endsWith('/*')) return pattern === path ? '' : undefined;
  const parent = pattern.slice(0, -1);
  const parameter = path.slice(parent.length);
  return path.startsWith(parent) && parameter !== '' && !parameter.includes('/')
    ? parameter
    : undefined;
}
