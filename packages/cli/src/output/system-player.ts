import { findProgram } from '../find-program.ts';

/** A program of the system that plays sound. */
export type SystemPlayer = {
  readonly name: string;
  /** Absolute path of the program. */
  readonly program: string;
  /** Whether it can begin before all sound is there. */
  readonly streams: boolean;
  /** Arguments for PCM (16 bit, little endian, mono) on standard input, or for a WAV file where it does not stream. */
  readonly toArguments: (sound: { sampleRate: number; file: string }) => readonly string[];
  /** What it prints when it could not play although it ends with 0. */
  readonly failure?: RegExp;
};

type PlayerKind = Omit<SystemPlayer, 'program'>;

/** In the order they are tried: those that stream first, and of those the ones that find their device by themselves. */
const STREAMING: readonly PlayerKind[] = [
  {
    name: 'ffplay',
    streams: true,
    toArguments: ({ sampleRate }) =>
      // Raw input is probed for seconds of sound otherwise. One channel is its default, whose option changed its name.
      '-nodisp -autoexit -hide_banner -loglevel error -probesize 32 -analyzeduration 0 '
        .concat(`-f s16le -sample_rate ${sampleRate} -i pipe:0`)
        .split(' '),
    failure: /audio open failed|Failed to open file/,
  },
  {
    name: 'mpv',
    streams: true,
    toArguments: ({ sampleRate }) =>
      '--no-terminal --no-video --demuxer=rawaudio --demuxer-rawaudio-format=s16le '
        .concat(`--demuxer-rawaudio-channels=1 --demuxer-rawaudio-rate=${sampleRate} -`)
        .split(' '),
  },
  {
    name: 'play',
    streams: true,
    toArguments: ({ sampleRate }) =>
      `-q -t raw -r ${sampleRate} -e signed-integer -b 16 -c 1 -L -`.split(' '),
  },
  {
    name: 'paplay',
    streams: true,
    toArguments: ({ sampleRate }) =>
      `--raw --format=s16le --channels=1 --rate=${sampleRate}`.split(' '),
  },
  {
    name: 'aplay',
    streams: true,
    toArguments: ({ sampleRate }) => `-q -t raw -f S16_LE -c 1 -r ${sampleRate} -`.split(' '),
  },
];

const WITH_FILE: Readonly<Partial<Record<NodeJS.Platform, readonly PlayerKind[]>>> = {
  // Its reading from standard input is newer than many of the versions in use.
  linux: [{ name: 'pw-play', streams: false, toArguments: ({ file }) => [file] }],
  darwin: [{ name: 'afplay', streams: false, toArguments: ({ file }) => [file] }],
  win32: [
    {
      name: 'powershell',
      streams: false,
      toArguments: ({ file }) => [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        // Inside single quotes PowerShell knows no character but the quote itself, which is written twice.
        `(New-Object Media.SoundPlayer '${file.replaceAll("'", "''")}').PlaySync()`,
      ],
    },
  ],
};

/** The players that are installed, the best first. */
export async function findPlayers(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SystemPlayer[]> {
  const found = await Promise.all(
    playerKinds(platform).map(async (kind) => {
      const program = await findProgram(kind.name, platform, env);
      return program === undefined ? [] : [{ ...kind, program }];
    }),
  );
  return found.flat();
}

/** The names of the players that are looked for. */
export function playerNames(platform: NodeJS.Platform): string[] {
  return playerKinds(platform).map((kind) => kind.name);
}

function playerKinds(platform: NodeJS.Platform): readonly PlayerKind[] {
  return [...STREAMING, ...(WITH_FILE[platform] ?? [])];
}
