import { findProgram } from '../find-program.ts';

export type RecorderArguments = {
  /** Hz of what is wanted. */
  sampleRate: number;
  /** As the program names it; without it the system's own choice. */
  device: string | undefined;
};

/** A program of the system that records. */
export type SystemRecorder = {
  readonly name: string;
  /** Absolute path of the program. */
  readonly program: string;
  /** Arguments for PCM (16 bit, little endian, mono) on standard output, without an end. */
  readonly toArguments: (wanted: RecorderArguments) => readonly string[];
  /** Whether it has no choice of its own, so that a device has to be named. */
  readonly needsDevice?: true;
};

type RecorderKind = Omit<SystemRecorder, 'program'> & {
  /** Where the program's name is another. */
  readonly programName?: string;
};

/** Small buffers, so that the sound is not late. */
const SOX_FORMAT = '--buffer 2048 -t raw -e signed-integer -b 16 -c 1 -L';

function ffmpeg(input: (device: string | undefined) => readonly string[]) {
  return ({ sampleRate, device }: RecorderArguments): readonly string[] => [
    ...'-hide_banner -loglevel error -nostdin -fflags nobuffer'.split(' '),
    ...input(device),
    ...`-ac 1 -ar ${sampleRate} -f s16le -flush_packets 1 pipe:1`.split(' '),
  ];
}

const SOX_RECORDER: RecorderKind = {
  name: 'rec',
  // A device is named in the environment: see `recorderEnvironment()`.
  toArguments: ({ sampleRate }) => `-q ${SOX_FORMAT} -r ${sampleRate} -`.split(' '),
};

/** In the order they are tried: those of the sound server first, which share the microphone with other programs. */
const KINDS: Readonly<Partial<Record<NodeJS.Platform, readonly RecorderKind[]>>> = {
  linux: [
    {
      name: 'parec',
      toArguments: ({ sampleRate, device }) => [
        ...`--raw --format=s16le --channels=1 --rate=${sampleRate} --latency-msec=30`.split(' '),
        ...(device === undefined ? [] : [`--device=${device}`]),
      ],
    },
    {
      name: 'pw-record',
      toArguments: ({ sampleRate, device }) => [
        ...`--raw --format s16 --channels 1 --rate ${sampleRate} --latency 30ms`.split(' '),
        ...(device === undefined ? [] : ['--target', device]),
        '-',
      ],
    },
    {
      name: 'arecord',
      toArguments: ({ sampleRate, device }) => [
        ...`-q -t raw -f S16_LE -c 1 -r ${sampleRate}`.split(' '),
        ...(device === undefined ? [] : ['-D', device]),
        '-',
      ],
    },
    SOX_RECORDER,
    {
      name: 'ffmpeg (pulse)',
      programName: 'ffmpeg',
      toArguments: ffmpeg((device = 'default') => ['-f', 'pulse', '-i', device]),
    },
    {
      name: 'ffmpeg (alsa)',
      programName: 'ffmpeg',
      toArguments: ffmpeg((device = 'default') => ['-f', 'alsa', '-i', device]),
    },
  ],
  darwin: [
    SOX_RECORDER,
    {
      name: 'ffmpeg',
      // A picture comes before the colon.
      toArguments: ffmpeg((device = 'default') => ['-f', 'avfoundation', '-i', `:${device}`]),
    },
  ],
  win32: [
    {
      name: 'sox',
      toArguments: ({ sampleRate, device = 'default' }) => [
        ...'-q -t waveaudio'.split(' '),
        device,
        ...`${SOX_FORMAT} -r ${sampleRate} -`.split(' '),
      ],
    },
    {
      name: 'ffmpeg',
      needsDevice: true,
      toArguments: ffmpeg((device = '') => [
        ...'-f dshow -audio_buffer_size 50 -i'.split(' '),
        `audio=${device}`,
      ]),
    },
  ],
};

/** The recorders that are installed, the best first. */
export async function findRecorders(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SystemRecorder[]> {
  const found = await Promise.all(
    recorderKinds(platform).map(async ({ programName, ...kind }) => {
      const program = await findProgram(programName ?? kind.name, platform, env);
      return program === undefined ? [] : [{ ...kind, program }];
    }),
  );
  return found.flat();
}

/** The names of the programs that are looked for, each once. */
export function recorderNames(platform: NodeJS.Platform): string[] {
  return [...new Set(recorderKinds(platform).map(({ name, programName }) => programName ?? name))];
}

/** What SoX reads the device from. */
export function recorderEnvironment(device: string | undefined): Record<string, string> {
  return device === undefined ? {} : { AUDIODEV: device };
}

function recorderKinds(platform: NodeJS.Platform): readonly RecorderKind[] {
  return KINDS[platform] ?? KINDS.linux ?? [];
}
