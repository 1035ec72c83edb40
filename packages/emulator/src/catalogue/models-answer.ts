import { MODELS } from '@stepvoice/core/protocol';
import type { ModelCapabilities } from '@stepvoice/core/protocol';
import { answerJson } from '../http/answer.ts';
import { ApiError, clip } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';

/** Nothing says when the models were made; one day in seconds since the epoch for all of them. */
const CREATED = 1_767_225_600;

/** Answers `GET /models`. */
export function answerModels(exchange: Exchange): Promise<void> {
  return answerJson(exchange, 200, { object: 'list', data: MODELS.map(toWire) });
}

/** Answers `GET /models/{id}`. */
export function answerModel(exchange: Exchange): Promise<void> {
  const model = MODELS.find(({ id }) => id === exchange.parameter);
  if (model === undefined) {
    throw new ApiError(404, 'not_found', `model ${clip(exchange.parameter)} does not exist`);
  }
  return answerJson(exchange, 200, toWire(model));
}

function toWire({ id }: ModelCapabilities): object {
  return { id, object: 'model', created: CREATED, owned_by: 'stepai' };
}
