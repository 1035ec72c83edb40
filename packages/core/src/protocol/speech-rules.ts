import { EMOTIONS, LANGUAGES, STYLES } from './labels.ts';
import {
  SPEECH_FORMATS,
  SPEECH_SAMPLE_RATES,
  SPEECH_SOCKET_FORMATS,
  SPEECH_TEXT_LIMIT,
  SPEED_RANGE,
  VOLUME_RANGE,
  findModel,
  modelsServing,
} from './models.ts';
import type { SpeechCapabilities } from './models.ts';
import type { WirePronunciationMap, WireSpeechRequest, WireVoiceLabel } from './speech-request.ts';
import type { WireSpeechSession } from './speech-socket.ts';

/** One reason why the service would refuse a request. */
export type Issue = {
  /** Field of the wire, with dots and brackets: `voice_label.emotion`, `pronunciation_map.tone[2]`. */
  path: string;
  /** The value; of a text only its length and the offset of what is wrong. */
  value: unknown;
  /** What would be accepted, in words. */
  allowed: string;
  /** What to use in its place. */
  instead?: string;
  /** The allowed values of a label, as the wire has them; the client's own names differ. */
  choices?: readonly string[];
};

export type TextFault = { length: number; offset?: number };

/** Length of a text as its limits count it: in code points, so that an emoji is one and a Han character is one. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Checks a body of `POST /audio/speech` against the model table. */
export function findSpeechRequestIssues(request: WireSpeechRequest): Issue[] {
  const issues: Issue[] = [];
  const row = checkModel(issues, request.model, 'speech');
  checkText(issues, 'input', request.input, SPEECH_TEXT_LIMIT);
  checkOutput(issues, SPEECH_FORMATS, {
    voice: ['voice', request.voice],
    speed: ['speed', request.speed],
    volume: ['volume', request.volume],
    options: request,
    row,
    model: request.model,
  });
  const sse = request.stream_format === 'sse';
  if (request.stream_format !== undefined && request.stream_format !== 'audio' && !sse) {
    issues.push({
      path: 'stream_format',
      value: request.stream_format,
      allowed: '"audio" or "sse"',
    });
  }
  if (sse && request.return_url === true) {
    issues.push({ path: 'return_url', value: true, allowed: 'false with stream_format "sse"' });
  }
  if (request.timestamp === true && !sse && request.return_url !== true) {
    issues.push({
      path: 'timestamp',
      value: true,
      allowed: 'true only with return_url true or stream_format "sse"',
    });
  }
  return issues;
}

/** Checks the `data` of `tts.create`, and the model of the socket's address, against the model table. */
export function findSpeechSessionIssues(model: string, session: WireSpeechSession): Issue[] {
  const issues: Issue[] = [];
  const row = checkModel(issues, model, 'speech-socket');
  checkOutput(issues, SPEECH_SOCKET_FORMATS, {
    voice: ['voice_id', session.voice_id],
    speed: ['speed_ratio', session.speed_ratio],
    volume: ['volume_ratio', session.volume_ratio],
    options: session,
    row,
    model,
  });
  if (session.mode !== undefined && session.mode !== 'default' && session.mode !== 'sentence') {
    issues.push({ path: 'mode', value: session.mode, allowed: '"default" or "sentence"' });
  }
  return issues;
}

/**
 * Checks one text. Refused are a blank one, one over the limit, and code units that no server can read: U+0000 and
 * surrogates without their other half.
 */
export function findTextIssue(path: string, text: string, limit: number): Issue | undefined {
  if (typeof text !== 'string') return { path, value: text, allowed: 'a string' };
  const length = characterCount(text);
  const unreadable = text.search(/\p{Surrogate}|\0/u);
  if (unreadable >= 0) {
    return {
      path,
      value: { length, offset: unreadable } satisfies TextFault,
      allowed: 'well-formed Unicode without U+0000',
      instead: 'text.toWellFormed() without U+0000',
    };
  }
  if (text.trim() === '') {
    return { path, value: { length } satisfies TextFault, allowed: 'text that is not blank' };
  }
  if (length > limit) {
    return {
      path,
      value: { length } satisfies TextFault,
      allowed: `1 to ${limit} characters`,
      instead: 'several requests, cut between sentences',
    };
  }
  return undefined;
}

type OptionFields = {
  response_format?: string | undefined;
  sample_rate?: number | undefined;
  voice_label?: WireVoiceLabel | undefined;
  instruction?: string | undefined;
  pronunciation_map?: WirePronunciationMap | undefined;
  text_normalization?: string | undefined;
};

function checkModel(
  issues: Issue[],
  model: unknown,
  endpoint: 'speech' | 'speech-socket',
): SpeechCapabilities | undefined {
  const allowed = `one of ${modelsServing(endpoint).join(', ')}, or a newer speech model`;
  if (typeof model !== 'string' || model === '') {
    issues.push({ path: 'model', value: model, allowed });
    return undefined;
  }
  const row = findModel(model);
  if (row !== undefined && row.speech === undefined) {
    issues.push({ path: 'model', value: model, allowed });
  }
  return row?.speech;
}

function checkText(issues: Issue[], path: string, text: string, limit: number): void {
  const issue = findTextIssue(path, text, limit);
  if (issue !== undefined) issues.push(issue);
}

function checkOutput(
  issues: Issue[],
  formats: readonly string[],
  request: {
    voice: [path: string, value: string];
    speed: [path: string, value: number | undefined];
    volume: [path: string, value: number | undefined];
    options: OptionFields;
    row: SpeechCapabilities | undefined;
    model: string;
  },
): void {
  const { options, row, model } = request;
  const [voicePath, voice] = request.voice;
  if (typeof voice !== 'string' || voice.trim() === '') {
    issues.push({
      path: voicePath,
      value: voice,
      allowed: 'the id of an official or a cloned voice',
    });
  }
  checkChoice(issues, 'response_format', options.response_format, formats);
  checkRate(issues, options.sample_rate);
  checkRange(issues, ...request.speed, SPEED_RANGE);
  checkRange(issues, ...request.volume, VOLUME_RANGE);
  checkChoice(issues, 'text_normalization', options.text_normalization, ['standard', 'enhanced']);
  if (options.voice_label !== undefined) checkLabel(issues, options.voice_label, row, model);
  if (options.instruction !== undefined) checkInstruction(issues, options.instruction, row, model);
  if (options.pronunciation_map !== undefined) {
    checkPronunciations(issues, options.pronunciation_map, row, model);
  }
}

function checkChoice(
  issues: Issue[],
  path: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || choices.includes(value)) return;
  issues.push({ path, value, allowed: `one of ${choices.join(', ')}` });
}

function checkRate(issues: Issue[], rate: number | undefined): void {
  if (rate === undefined || SPEECH_SAMPLE_RATES.some((known) => known === rate)) return;
  const issue: Issue = {
    path: 'sample_rate',
    value: rate,
    allowed: `one of ${SPEECH_SAMPLE_RATES.join(', ')} Hz`,
  };
  if (Number.isFinite(rate) && rate > 0) {
    const closest = SPEECH_SAMPLE_RATES.find((known) => known >= rate) ?? 48_000;
    issue.instead = `${closest} Hz, resampled after it has arrived`;
  }
  issues.push(issue);
}

function checkRange(
  issues: Issue[],
  path: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= least && value <= most) return;
  issues.push({ path, value, allowed: `a number from ${least} to ${most}` });
}

function checkLabel(
  issues: Issue[],
  label: WireVoiceLabel,
  row: SpeechCapabilities | undefined,
  model: string,
): void {
  const given = (['language', 'emotion', 'style'] as const).filter((key) => Boolean(label[key]));
  if (given.length > 1) {
    issues.push({
      path: 'voice_label',
      value: given,
      allowed: 'one of language, emotion and style',
    });
  }
  if (row !== undefined && row.labels === undefined && given.length > 0) {
    issues.push({
      path: 'voice_label',
      value: given,
      allowed: `no label on ${model}`,
      instead: `instruction (up to ${row.instructionLimit} characters)`,
    });
    return;
  }
  const words = {
    language: (row?.labels?.languages ?? keysOf(LANGUAGES)).map((key) => LANGUAGES[key]),
    emotion: (row?.labels?.emotions ?? keysOf(EMOTIONS)).map((key) => EMOTIONS[key]),
    style: (row?.labels?.styles ?? keysOf(STYLES)).map((key) => STYLES[key]),
  };
  for (const key of given) {
    const value = label[key];
    if (!words[key].some((word) => word === value)) {
      issues.push({
        path: `voice_label.${key}`,
        value,
        allowed: `one of ${words[key].join(', ')}`,
        choices: words[key],
      });
    }
  }
}

function keysOf<Table extends object>(table: Table): (keyof Table)[] {
  return Object.keys(table) as (keyof Table)[];
}

function checkInstruction(
  issues: Issue[],
  instruction: string,
  row: SpeechCapabilities | undefined,
  model: string,
): void {
  if (row !== undefined && row.instructionLimit === 0) {
    issues.push({
      path: 'instruction',
      value: { length: characterCount(String(instruction)) } satisfies TextFault,
      allowed: `no instruction on ${model}`,
      instead: 'voice_label',
    });
    return;
  }
  checkText(issues, 'instruction', instruction, row?.instructionLimit ?? 500);
}

function checkPronunciations(
  issues: Issue[],
  map: WirePronunciationMap,
  row: SpeechCapabilities | undefined,
  model: string,
): void {
  if (row !== undefined && !row.pronunciationMap) {
    issues.push({ path: 'pronunciation_map', value: undefined, allowed: `none on ${model}` });
    return;
  }
  for (const [index, entry] of map.tone.entries()) {
    if (typeof entry === 'string' && /^[^/]*[^/\s][^/]*\/[^/]*[^/\s][^/]*$/.test(entry)) continue;
    issues.push({
      path: `pronunciation_map.tone[${index}]`,
      value: typeof entry === 'string' ? ({ length: entry.length } satisfies TextFault) : entry,
      allowed: 'written/spoken, as in 重庆/chong2庆',
    });
  }
}
