// Which packages are published, and how one of them is packed as the registry would get it.
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export function publishedPackages() {
  return globSync('packages/*/package.json', { cwd: root })
    .map((path) => ({
      folder: join(root, path, '..'),
      manifest: JSON.parse(readFileSync(join(root, path), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** Packs a built package into `.results/packed` and answers the archive's path. */
export function pack({ folder, manifest }) {
  const target = join(root, '.results', 'packed');
  mkdirSync(target, { recursive: true });
  execFileSync('pnpm', ['pack', '--pack-destination', target], { cwd: folder, stdio: 'pipe' });
  const name = manifest.name.replace('@', '').replace('/', '-');
  return join(target, `${name}-${manifest.version}.tgz`);
}
