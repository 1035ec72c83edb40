/** A node as it stands in a flow. */
export type FlowItem = { id: string; type: string; [property: string]: unknown };

/** A set of nodes as Node-RED has loaded it. */
export type NodeSet = {
  id: string;
  module: string;
  name: string;
  types: string[];
  enabled: boolean;
  err?: string;
};

export type AdminAnswer = { status: number; body: unknown };

const RUNNING_MS = 10_000;

/** Node-RED's own HTTP interface. */
export class AdminApi {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The same, as somebody who has logged in. @throws where the name or the password is wrong */
  async logIn(username: string, password: string, scope: string): Promise<AdminApi> {
    const { status, body } = await this.request('POST', 'auth/token', {
      client_id: 'node-red-admin',
      grant_type: 'password',
      scope,
      username,
      password,
    });
    if (status !== 200) throw new Error(`The login of ${username} was answered with ${status}.`);
    return new AdminApi(this.#url, (body as { access_token: string }).access_token);
  }

  async request(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'node-red-api-version': 'v2',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // An answer without JSON, such as the text of a missing route, stays as it is.
    }
    return { status: response.status, body: parsed };
  }

  async get(path: string): Promise<unknown> {
    const { status, body } = await this.request('GET', path);
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}.`);
    return body;
  }

  async nodeSets(): Promise<NodeSet[]> {
    return (await this.get('nodes')) as NodeSet[];
  }

  async flows(): Promise<FlowItem[]> {
    return ((await this.get('flows')) as { flows: FlowItem[] }).flows;
  }

  /** Replaces all flows; `credentials` of an item are stored apart, as from the editor. */
  async deploy(flows: readonly object[]): Promise<void> {
    const { status, body } = await this.request('POST', 'flows', { flows });
    if (status !== 200) throw new Error(`The deploy failed: ${status} ${JSON.stringify(body)}`);
  }

  /** Presses the button of an inject node. A deploy is answered before its flow runs, so this asks until it does. */
  async inject(id: string): Promise<void> {
    await untilOk(`inject ${id}`, () => this.request('POST', `inject/${id}`, {}));
  }
}

/** After a deploy, which is answered before its flow runs. */
export async function untilAccountRuns(admin: AdminApi, id: string): Promise<void> {
  await untilOk(`account ${id}`, () => admin.request('GET', `stepvoice/accounts/${id}/voices`));
}

/** As {@link untilAccountRuns}, for the page that a node serves. */
export async function untilPageServed(nodeRedUrl: string, id: string): Promise<void> {
  await untilOk(`the page of ${id}`, async () => {
    const response = await fetch(`${nodeRedUrl}/stepvoice/play/${id}`);
    await response.body?.cancel();
    return response;
  });
}

async function untilOk(what: string, ask: () => Promise<{ status: number }>): Promise<void> {
  const deadline = Date.now() + RUNNING_MS;
  while (true) {
    const { status } = await ask();
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`${what} was answered with ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
