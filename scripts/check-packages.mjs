// Looks at every published package as the registry would get it: its manifest by publint, its types by attw, and that
// nothing of the sources, tests or build notes went along.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';
import { pack, publishedPackages } from './published.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const failures = [];

for (const entry of publishedPackages()) {
  const { name } = entry.manifest;
  const archive = pack(entry);
  check(name, 'publint', ['run', archive, '--strict']);
  if (entry.manifest.types !== undefined || '.' in (entry.manifest.exports ?? {})) {
    check(name, 'attw', [archive, '--profile', 'esm-only']);
  }
  const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
  for (const file of files) {
    if (/\.test\.|\/testing\/|tsbuildinfo|\/src\//.test(file))
      failures.push(`${name}: packs ${file}`);
  }
  for (const wanted of ['README.md', 'LICENSE']) {
    if (!files.includes(`package/${wanted}`)) failures.push(`${name}: packs no ${wanted}`);
  }
}

if (failures.length > 0) {
  process.stderr.write(`${failures.join('\n')}\n`);
  process.exitCode = 1;
}

function check(name, tool, parameters) {
  const { status, stdout, stderr } = spawnSync('pnpm', ['exec', tool, ...parameters], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) failures.push(`${name}: ${tool} says\n${stdout}${stderr}`);
}
