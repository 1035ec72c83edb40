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
if (/https?:\/\//.test(lockfile)) failures.push('the lockfile names an address');
const manifests = globSync('node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json', {
  cwd: root,
});
let optional = 0;
for (const path of manifests) {
  const manifest = JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  for (const [name, range] of Object.entries(manifest.optionalDependencies ?? {})) {
    optional += 1;
    const wanted = /^\d+\.\d+\.\d+/.test(range) ? `${name}@${range}` : name;
    if (!locked.has(wanted)) failures.push(`${manifest.name}@${manifest.version} lacks ${wanted}`);
  }
}
if (manifests.length < 50 || optional < 20) failures.push('nothing installed to compare with');

if (failures.length > 0) {
  for (const failure of new Set(failures)) process.stderr.write(`pnpm-lock.yaml: ${failure}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(
    `${optional} optional dependencies of ${manifests.length} packages are locked\n`,
  );
}
