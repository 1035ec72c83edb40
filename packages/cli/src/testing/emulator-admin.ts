/** What the emulator has seen of one request. */
export type SeenRequest = {
  endpoint: string;
  characters: number;
  model: string | undefined;
  voice: string | undefined;
  format: string | undefined;
  sampleRate: number | undefined;
  outcome: 'open' | 'complete' | 'aborted' | 'cut';
};

/** Makes trouble in a running emulator, and asks it what it has seen. */
export class EmulatorAdmin {
  readonly url: string;
  readonly apiKey: string;

  constructor(url: string, apiKey: string) {
    this.url = url;
    this.apiKey = apiKey;
  }

  /**
   * @param fault as the emulator's README has it, such as `{ kind: 'cut', bytes: 5000 }`
   * @param rule when it strikes: after `skip` requests, and `times` of them
   */
  async addFault(fault: object, rule: { skip?: number; times?: number } = {}): Promise<void> {
    await this.#ask('POST', 'faults', JSON.stringify({ fault, ...rule }));
  }

  /** Forgets trouble and requests. */
  async reset(): Promise<void> {
    await this.#ask('DELETE', 'faults');
    await this.#ask('DELETE', 'counters');
  }

  async requests(): Promise<SeenRequest[]> {
    const { requests } = (await this.#ask('GET', 'log')) as { requests: SeenRequest[] };
    return requests;
  }

  async #ask(method: string, name: string, body?: string): Promise<unknown> {
    const answer = await fetch(`${this.url}/_emulator/${name}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}` },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${name}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
