import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a player of a test does. */
export type FakePlayerKind =
  /** Takes everything, then says it has played. */
  | 'plays'
  /** Takes nothing and fails, as without a sound device. */
  | 'fails'
  /** Takes everything and never ends. */
  | 'hangs'
  /** Stays, and takes nothing. */
  | 'deaf'
  /** Takes a second of 24 kHz and fails, as when the device is pulled out. */
  | 'breaks'
  /** Plays the WAV file it is given in the time that takes. */
  | 'takes-files';

const CODE: Readonly<Record<FakePlayerKind, string>> = {
  plays: `process.stdin.on('data', (piece) => fs.appendFileSync(heard, piece)).on('end', () => process.exit(0));`,
  fails: `process.stderr.write('cannot open audio device\\n'); process.exit(1);`,
  hangs: `process.stdin.on('data', (piece) => fs.appendFileSync(heard, piece)); setInterval(() => {}, 1000);`,
  deaf: `setInterval(() => {}, 1000);`,
  breaks: `let size = 0;
    process.stdin.on('data', (piece) => {
      size += piece.length;
      if (size < 48_000) return;
      process.stderr.write('device was removed\\n');
      process.exit(1);
    });`,
  'takes-files': `const file = fs.readFileSync(process.argv[2]);
    fs.appendFileSync(heard, file.subarray(44));
    setTimeout(() => {}, ((file.length - 44) / file.readUInt32LE(28)) * 1000);`,
};

export type FakePlayer = {
  /** The sound it was given. */
  heard(): Promise<Buffer>;
  /** The arguments it was started with. */
  args(): Promise<string[]>;
  /** Its process. */
  pid(): Promise<number>;
};

/** Puts a program with a player's name into a folder that is to be the `PATH`. */
export async function installFakePlayer(
  folder: string,
  name: string,
  kind: FakePlayerKind,
): Promise<FakePlayer> {
  const program = path.join(folder, name);
  const heard = `${program}.heard`;
  const started = `${program}.started`;
  const code = [
    `#!${process.execPath}`,
    `const fs = require('node:fs');`,
    `const heard = ${JSON.stringify(heard)};`,
    // Of one that is started for each file, all is heard one after the other.
    kind === 'takes-files' ? '' : `fs.writeFileSync(heard, '');`,
    `fs.writeFileSync(${JSON.stringify(started)}, JSON.stringify({ pid: process.pid, args: process.argv.slice(2) }));`,
    CODE[kind],
  ];
  await writeFile(program, `${code.join('\n')}\n`);
  await chmod(program, 0o755);
  const start = async () =>
    JSON.parse(await readFile(started, 'utf8')) as { pid: number; args: string[] };
  return {
    heard: () => readFile(heard),
    args: async () => (await start()).args,
    pid: async () => (await start()).pid,
  };
}
