import {
  WireFileTranscriptionRequest,
  WireFileTranscriptionTask,
  findFileTranscriptionIssues,
} from '@stepvoice/core/protocol';
import { answerJson } from '../http/answer.ts';
import { clip, invalidParameters } from '../http/api-error.ts';
import { checkSchema, refuseIssues } from '../http/check-body.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJsonObject } from '../http/request-body.ts';
import { transcribeFile } from './transcribe-file.ts';
import { checkTranscriptionModel } from './transcription-model.ts';

/** Answers `POST /audio/asr/file/submit`: the id of a task that starts at once. */
export async function answerFileSubmit(exchange: Exchange): Promise<void> {
  const { context, record } = exchange;
  const order = checkSchema(WireFileTranscriptionRequest, await readJsonObject(exchange));
  const { audio, request } = order;
  record.model = request.model_name;
  record.format = audio.format;
  checkTranscriptionModel(request.model_name, 'asr-file', context.strict);
  refuseIssues(
    findFileTranscriptionIssues(order).filter(({ path }) => path !== 'request.model_name'),
  );
  const taskId = context.fileTasks.add((signal) =>
    transcribeFile(order, { context, record, signal }),
  );
  return answerJson(exchange, 200, { task_id: taskId });
}

/** Answers `POST /audio/asr/file/query`: where a task stands. */
export async function answerFileQuery(exchange: Exchange): Promise<void> {
  const { task_id: id } = checkSchema(WireFileTranscriptionTask, await readJsonObject(exchange));
  const state = exchange.context.fileTasks.get(id);
  if (state === undefined) throw invalidParameters(`task ${clip(id)} does not exist`);
  return answerJson(exchange, 200, state);
}
