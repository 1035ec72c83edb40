import path from 'node:path';
import { expect, test } from 'vitest';
import { cachePath } from './cache-path.ts';

const HOME = path.resolve('/home/me');

test.each<[NodeJS.Platform, Record<string, string>, string[]]>([
  ['linux', {}, [HOME, '.cache', 'stepvoice']],
  ['linux', { XDG_CACHE_HOME: path.resolve('/c') }, [path.resolve('/c'), 'stepvoice']],
  // The standard has relative ones passed over.
  ['linux', { XDG_CACHE_HOME: 'c' }, [HOME, '.cache', 'stepvoice']],
  ['linux', { XDG_CACHE_HOME: '' }, [HOME, '.cache', 'stepvoice']],
  ['freebsd', {}, [HOME, '.cache', 'stepvoice']],
  ['darwin', { XDG_CACHE_HOME: '/c' }, [HOME, 'Library', 'Caches', 'stepvoice']],
  ['win32', { LOCALAPPDATA: 'C:\\Local' }, ['C:\\Local', 'stepvoice', 'Cache']],
  ['win32', {}, [HOME, 'AppData', 'Local', 'stepvoice', 'Cache']],
])('on %s with %j', (platform, env, parts) => {
  expect(cachePath(platform, env, HOME)).toBe(path.join(...parts));
});
