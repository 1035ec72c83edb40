import { join } from 'node:path';
import type { StepAudio } from '@stepvoice/core/node';
import type {
  EstimateOptions,
  NarrationEstimate,
  NarrationVoice,
  RenderSource,
  SpeechCache,
} from '@stepvoice/core/narration';
import type { SettingsOf } from '../../definition/node-definition.ts';
import { loadCore, loadNarration } from '../../kit/core.ts';
import { createFileAccess, type FileAccess } from '../../kit/file-access.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import type { NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { parseCast } from './cast.ts';
import type { narrateDefinition } from './definition.ts';
import { readSource } from './narration-text.ts';
import { renderToFile } from './render-to-file.ts';
import { renderToMemory } from './render-to-memory.ts';
import { streamSentences } from './stream-sentences.ts';

export type NarrateProperties = (typeof narrateDefinition)['properties'];

/** Speech that was paid for, in the folder of the node. */
const SPEECH_FOLDER = '.stepvoice-speech';

/** One text to be read, with all that is known before anything is sent. */
export type Reading = {
  readonly host: NodeHost<NarrateProperties>;
  readonly job: Job<NarrateProperties>;
  readonly settings: SettingsOf<NarrateProperties>;
  readonly files: FileAccess;
  readonly source: RenderSource;
  readonly options: EstimateOptions & {
    readonly scope: string;
    readonly maxCharacters: number;
    readonly cache: SpeechCache | undefined;
    readonly voice: NarrationVoice & { readonly model: string };
  };
  client(): Promise<StepAudio>;
};

export function createNarrate(host: NodeHost<NarrateProperties>): NodeBehaviour<NarrateProperties> {
  const { userDir } = host.RED.settings;
  const base = typeof userDir === 'string' ? userDir : undefined;
  const files = createFileAccess(host.fixed.folder, { base });
  /** By session: what was cancelled still closes its files, which the next has to wait for. */
  const readings = new Map<string, Promise<void>>();
  const lanes = new JobLanes(host, {
    run: async (job) => {
      const before = readings.get(job.lane);
      const reading = (async () => {
        await before?.catch(() => undefined);
        await narrate(host, job, files);
      })();
      readings.set(job.lane, reading);
      try {
        await reading;
      } finally {
        if (readings.get(job.lane) === reading) readings.delete(job.lane);
      }
    },
    eventsOutput: 1,
    busyStatus: 'speaking',
  });
  return {
    input: (call) => lanes.take(call),
    close: async () => {
      lanes.close();
      await Promise.allSettled(readings.values());
    },
  };
}

async function narrate(
  host: NodeHost<NarrateProperties>,
  job: Job<NarrateProperties>,
  files: FileAccess,
): Promise<void> {
  job.signal.throwIfAborted();
  const { settings } = job;
  const { region, baseURL } = host.account().address;
  const isFile = settings.output === 'file';
  const cast = parseCast(settings.cast);
  const source = await readSource(settings, files, job.signal);
  const { DEFAULT_SPEECH_MODEL, createFolderCache } = await loadCore();
  const reading: Reading = {
    host,
    job,
    settings,
    files,
    source,
    options: {
      voice: {
        voice: settings.voice ?? '',
        model: settings.model ?? DEFAULT_SPEECH_MODEL,
        speed: settings.speed,
        instruction: settings.instruction,
      },
      cast,
      maxCharacters: settings.maxCharacters,
      // The list is of the service in China; nobody knows another server's.
      ...(region === 'cn' && baseURL === undefined
        ? {}
        : { prices: { currency: '', per10000: {} } }),
      scope: baseURL ?? region,
      cache: isFile
        ? createFolderCache(join(await files.resolve(SPEECH_FOLDER)), { clock: host.clock })
        : undefined,
    },
    client: () => host.client(),
  };
  try {
    if (settings.dryRun) await estimate(reading);
    else if (isFile) await renderToFile(reading);
    else if (settings.output === 'stream') await streamSentences(reading);
    else await renderToMemory(reading);
  } catch (error) {
    throw explain(error);
  }
}

async function estimate({ job, settings, source, options }: Reading): Promise<void> {
  const { createMemoryCache, estimateUnpaid } = await loadNarration();
  const { whole, unpaid } = await estimateUnpaid(source, {
    ...options,
    cache: options.cache ?? createMemoryCache({ maxBytes: 0 }),
    speechFormat: settings.output === 'stream' || settings.format === 'wav' ? 'samples' : 'mp3',
    signal: job.signal,
  });
  const { maxCharacters } = settings;
  job.event('estimate', {
    ...toFacts(whole),
    unpaid: toFacts(unpaid),
    maxCharacters,
    isAllowed: whole.characters > 0 && whole.characters <= maxCharacters,
  });
}

function toFacts(estimate: NarrationEstimate): Record<string, unknown> {
  const { utterances, characters, billedUnits, requests, seconds, cost } = estimate;
  const durationMs = Math.round(seconds * 1000);
  const facts = { sentences: utterances, characters, billedUnits, requests, durationMs };
  return { ...facts, ...(cost && { cost }) };
}

/** What the library says of its options, in terms of the node's. */
function explain(error: unknown): unknown {
  const { code, path, value } = (error ?? {}) as {
    code?: unknown;
    path?: unknown;
    value?: unknown;
  };
  if (path === 'maxCharacters' && typeof value === 'number') {
    return new LocalizedError(
      'too_many_characters',
      {
        en: `The text has ${value} characters to speak, more than “Most characters” of this node allows. Nothing was sent.`,
        zh: `文本需朗读 ${value} 个字符，超过此节点的“字符上限”。未发送任何内容。`,
      },
      { badge: 'badInput', path: 'maxCharacters' },
    );
  }
  if (code === 'file_exists' || code === 'render_changed') {
    return new LocalizedError(
      code,
      {
        en: 'The file is there already, and is not the beginning of this reading. Name another one, or allow this node to write over it.',
        zh: '文件已存在，且不是本次朗读的未完成部分。请换一个文件名，或允许此节点覆盖。',
      },
      { badge: 'badInput', path: 'outputFile' },
    );
  }
  if (code === 'render_busy') {
    return new LocalizedError(
      code,
      {
        en: 'The file is being written by somebody else. Wait for that, or name another one.',
        zh: '该文件正在被其他任务写入。请等待其完成，或换一个文件名。',
      },
      { badge: 'badInput', path: 'outputFile' },
    );
  }
  return error;
}
