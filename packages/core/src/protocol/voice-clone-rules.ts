import { findFileIdIssue } from './files-rules.ts';
import { SPEECH_TEXT_LIMIT, findModel, modelsServing } from './models.ts';
import type { Endpoint } from './models.ts';
import { findSpeechRequestIssues, findTextIssue } from './speech-rules.ts';
import type { Issue } from './speech-rules.ts';
import type { WireVoiceCloneRequest, WireVoicePreviewRequest } from './voice-clone.ts';

/**
 * Length of a reference in seconds, by the service's page on cloning. Its pages on models promise less: 3 s for
 * `stepaudio-2.5-tts`, about 10 s for `step-tts-2`.
 */
export const CLONE_SECONDS = [5, 10] as const;
/** Rows of one page of `GET /audio/voices`. */
export const CLONE_PAGE_RANGE = [1, 100] as const;

/** Checks a body of `POST /audio/voices`. */
export function findCloneIssues(request: WireVoiceCloneRequest): Issue[] {
  const issues = [...checkModel(request.model, 'clone'), ...checkFile(request.file_id)];
  const { text, sample_text: sample } = request;
  if (text !== undefined) issues.push(...checkText('text', text));
  if (sample !== undefined) issues.push(...checkText('sample_text', sample));
  return issues;
}

/** Checks a body of `POST /audio/voices/preview`: what it says of the voice is what a request for speech says. */
export function findPreviewIssues(request: WireVoicePreviewRequest): Issue[] {
  const issues = [...checkModel(request.model, 'preview'), ...checkFile(request.file_id)];
  const { sample_text: input, text, ...options } = request;
  if (text !== undefined) issues.push(...checkText('text', text));
  for (const issue of findSpeechRequestIssues({ ...options, input, voice: 'preview' })) {
    if (issue.path === 'model') continue;
    issues.push(issue.path === 'input' ? { ...issue, path: 'sample_text' } : issue);
  }
  return issues;
}

function checkModel(model: unknown, endpoint: Extract<Endpoint, 'clone' | 'preview'>): Issue[] {
  const serving = modelsServing(endpoint);
  const allowed = `one of ${serving.join(', ')}, or a newer speech model`;
  if (typeof model !== 'string' || model === '') return [{ path: 'model', value: model, allowed }];
  const row = findModel(model);
  if (row === undefined || row.endpoints.includes(endpoint)) return [];
  // Its clones are made with the speech model of the same generation.
  const isRealtime = row.kinds.includes('realtime');
  return [
    { path: 'model', value: model, allowed, ...(isRealtime && { instead: 'stepaudio-2.5-tts' }) },
  ];
}

function checkFile(id: unknown): Issue[] {
  const issue = findFileIdIssue('file_id', id);
  return issue === undefined ? [] : [issue];
}

function checkText(path: string, text: string): Issue[] {
  const issue = findTextIssue(path, text, SPEECH_TEXT_LIMIT);
  return issue === undefined ? [] : [issue];
}
