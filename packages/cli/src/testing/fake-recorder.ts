import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodePcm16, resample } from '@stepvoice/core/audio';
import type { Pcm } from '@stepvoice/core/audio';

/** What a recorder of a test does. */
export type FakeRecorderKind =
  /** Gives the sound, then silence until it is ended; several times as fast as a real one. */
  | 'records'
  /** Gives nothing and fails, as without a device. */
  | 'fails'
  /** Gives the sound and then ends by itself, as when the microphone is pulled out. */
  | 'breaks';

/** What the commands ask a recorder for, in Hz. */
const RATES = [16_000, 24_000];
const PIECE_MS = 40;
const SPEED = 8;

const CODE: Readonly<Record<FakeRecorderKind, string>> = {
  records: `setInterval(() => process.stdout.write(next() ?? silence), ${PIECE_MS / SPEED});`,
  fails: `process.stderr.write('no such device\\n'); process.exit(1);`,
  breaks: `const timer = setInterval(() => {
      const piece = next();
      if (piece !== undefined) return process.stdout.write(piece);
      clearInterval(timer);
      process.stderr.write('device was removed\\n');
      process.exitCode = 1;
    }, ${PIECE_MS / SPEED});`,
};

export type FakeRecorder = {
  /** Its process. */
  pid(): Promise<number>;
};

/** Puts a program with the name of a recorder into a folder that is to be the `PATH`. */
export async function installFakeRecorder(
  folder: string,
  kind: FakeRecorderKind,
  sound: Pcm = { samples: new Int16Array(1600), sampleRate: 16_000 },
): Promise<FakeRecorder> {
  const name = process.platform === 'linux' ? 'parec' : 'rec';
  const program = path.join(folder, name);
  const started = `${program}.started`;
  for (const rate of RATES) {
    const samples = resample(sound.samples, sound.sampleRate, rate);
    await writeFile(`${program}.${rate}`, encodePcm16(samples));
  }
  const code = [
    `#!${process.execPath}`,
    `const fs = require('node:fs');`,
    `const args = process.argv.slice(2);`,
    `fs.writeFileSync(${JSON.stringify(started)}, JSON.stringify({ pid: process.pid }));`,
    `const rate = Number(args.join(' ').match(/(?:--rate=|-r )(\\d+)/)[1]);`,
    `const sound = fs.readFileSync(${JSON.stringify(`${program}.`)} + rate);`,
    `const length = (rate * ${PIECE_MS} / 1000) * 2;`,
    `const silence = Buffer.alloc(length);`,
    `let at = 0;`,
    `function next() { const piece = sound.subarray(at, at + length); at += length; return piece.length > 0 ? piece : undefined; }`,
    `process.stdout.on('error', () => process.exit(1));`,
    CODE[kind],
  ];
  await writeFile(program, `${code.join('\n')}\n`);
  await chmod(program, 0o755);
  const start = async () => JSON.parse(await readFile(started, 'utf8')) as { pid: number };
  return { pid: async () => (await start()).pid };
}
