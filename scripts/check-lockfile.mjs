// pnpm leaves an optional dependency out of the lockfile without a word when the registry at hand does not have it, and
// then a tool with native binaries fails on the platforms that fell out. Here every installed package's optional
// dependencies are looked up in the lockfile.
import { globSync, readFileSync } from 'node:fs';
import process from 'node:process';

const root = new URL('..', import.meta.url);
const lockfile = readFileSync(new URL('pnpm-lock.yaml', root), 'utf8');
const locked = new Set();
for (const [, name, version] of lockfile.matchAll(
  /^ {2}'?((?:@[^/\s]+\/)?[^@/\s']+)@([^('\s:]+)/gm,
)) {
  locked.add(name).add(`${name}@${version}`);
}

const failures = [];
if (/https?:\/\//.test(lockfile)) failures.push('pnpm-lock.yaml names an address');
const manifests = globSync('node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json', {
  cwd: root,
});
let optional = 0;
for (const path of manifests) {
  const manifest = JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  for (const [name, range] of Object.entries(manifest.optionalDependencies ?? {})) {
    optional += 1;
    const wanted = /^\d+\.\d+\.\d+/.test(range) ? `${name}@${range}` : name;
    if (!locked.has(wanted))
      failures.push(`pnpm-lock.yaml: ${manifest.name}@${manifest.version} lacks ${wanted}`);
  }
}
if (manifests.length < 50 || optional < 20) failures.push('nothing installed to compare with');

// npm's own, of the hosts that adapters are tried in: it names the registry at hand unless it is told not to.
const hosts = 'e2e/node-red/hosts/package-lock.json';
const { packages } = JSON.parse(readFileSync(new URL(hosts, root), 'utf8'));
const paths = Object.keys(packages);
for (const [path, { resolved, integrity, inBundle, optionalDependencies = {} }] of Object.entries(
  packages,
)) {
  const name = path === '' ? 'the root' : path;
  if (resolved !== undefined) failures.push(`${hosts}: ${name} names an address`);
  if (path !== '' && inBundle !== true && integrity === undefined) {
    failures.push(`${hosts}: ${name} has no integrity`);
  }
  for (const wanted of Object.keys(optionalDependencies)) {
    if (!paths.some((locked) => locked.endsWith(`node_modules/${wanted}`))) {
      failures.push(`${hosts}: ${name} lacks ${wanted}`);
    }
  }
}
if (paths.length < 100) failures.push(`${hosts}: nothing is locked`);

if (failures.length > 0) {
  for (const failure of new Set(failures)) process.stderr.write(`${failure}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(
    `${optional} optional dependencies of ${manifests.length} packages are locked\n`,
  );
}
