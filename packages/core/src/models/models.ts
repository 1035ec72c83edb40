import { CallErrors } from '../net/call-errors.ts';
import { collectJson } from '../net/collect-body.ts';
import type { Connection } from '../net/connection.ts';
import { readAnswer } from '../protocol/answer.ts';
import { WireModel, WireModelList } from '../protocol/lists.ts';
import { findModel } from '../protocol/models.ts';
import type { ModelCapabilities } from '../protocol/models.ts';
import { toValidationError } from '../protocol/validation-error.ts';

/** A model that the service offers to the account. */
export type Model = {
  id: string;
  createdAt: Date | undefined;
  ownedBy: string | undefined;
  /** What it can do, by this library's table; `undefined` for a model that the table does not know. */
  capabilities: ModelCapabilities | undefined;
};

type CallOptions = { signal?: AbortSignal | undefined };

/**
 * The models of the service. It lists those for text and images too; they have no `capabilities`.
 *
 * All calls throw {@link AuthenticationError}, {@link RateLimitError}, {@link ServiceError}, {@link ConnectionError},
 * {@link TimeoutError} and {@link ProtocolError} as they come, and {@link CapabilityError} on the subscription where it
 * has no such list; an abort throws `signal.reason`.
 */
export class Models {
  readonly #connection: Connection;

  /** `new StepAudio(…).models` is one; by itself it takes a connection from `createConnection()`. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Every model that the account may use, in the service's order. */
  async list({ signal }: CallOptions = {}): Promise<Model[]> {
    const { raw, requestId } = await this.#get('/models', signal, 'a list of models');
    const { data } = readAnswer(WireModelList, raw, { what: 'a list of models', requestId });
    return data.map(toModel);
  }

  /**
   * One model.
   *
   * @throws {ServiceError} with status 404 where the service does not have it.
   */
  async get(id: string, { signal }: CallOptions = {}): Promise<Model> {
    if (typeof id !== 'string' || !/^[\w.:-]{1,200}$/.test(id) || /^\.+$/.test(id)) {
      throw toValidationError({ path: 'id', value: id, allowed: 'the id of a model' });
    }
    const { raw, requestId } = await this.#get(`/models/${id}`, signal, 'a model');
    return toModel(readAnswer(WireModel, raw, { what: 'a model', requestId }));
  }

  async #get(path: string, signal: AbortSignal | undefined, what: string) {
    const exchange = await this.#connection.request({ method: 'GET', path, signal });
    const raw = await collectJson(exchange, new CallErrors(this.#connection, []), what);
    return { raw, requestId: exchange.requestId };
  }
}

function toModel({ id, created, owned_by: ownedBy }: WireModel): Model {
  return {
    id,
    createdAt: created === undefined ? undefined : new Date(created * 1000),
    ownedBy,
    capabilities: findModel(id),
  };
}
