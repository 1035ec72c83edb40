#!/usr/bin/env node
// Nothing may be imported, and no syntax used, that an old Node does not know: it is told here what it lacks.
const needed = [22, 9] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

async function main(): Promise<void> {
  const { run } = await import('./run.ts');
  process.exit(await run(process.argv.slice(2)));
}

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  void main();
} else {
  process.stderr.write(
    `stepvoice needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.\n` +
      `stepvoice 需要 Node.js ${needed.join('.')} 或更新版本；当前是 ${process.versions.node}。\n`,
  );
  process.exit(1);
}
