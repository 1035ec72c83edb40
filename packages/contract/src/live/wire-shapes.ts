/** Tables keyed by what the account holds: their keys are no part of the protocol. */
const TABLES = new Set(['voices-details']);

/** Which messages came, and which fields of which types they had. */
export class WireShapes {
  readonly #fields = new Map<string, Set<string>>();

  /** Adds a message; its `type` or `object` becomes part of its name. */
  add(name: string, message: object): void {
    const { type, object } = message as { type?: unknown; object?: unknown };
    const kind = [type, object].find((value) => typeof value === 'string');
    const key = kind === undefined ? name : `${name} ${String(kind)}`;
    const fields = this.#fields.get(key) ?? new Set();
    this.#fields.set(key, fields);
    for (const field of fieldsOf(message, '')) fields.add(field);
  }

  addJson(name: string, text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      message = undefined;
    }
    if (typeof message === 'object' && message !== null) this.add(name, message);
    else this.add(`${name} (no JSON object)`, {});
  }

  get messages(): readonly string[] {
    return [...this.#fields.keys()];
  }

  fields(message: string): ReadonlySet<string> {
    return this.#fields.get(message) ?? new Set();
  }
}

/** Where one has what the other has not: lines for a reader, `-` only the first, `+` only the second. */
export function compareShapes(first: WireShapes, second: WireShapes): string[] {
  const lines: string[] = [];
  const messages = new Set([...first.messages, ...second.messages]);
  for (const message of [...messages].toSorted()) {
    if (!second.messages.includes(message)) lines.push(`- ${message}`);
    else if (!first.messages.includes(message)) lines.push(`+ ${message}`);
    else {
      const [a, b] = [first.fields(message), second.fields(message)];
      for (const field of a) if (!b.has(field)) lines.push(`- ${message}: ${field}`);
      for (const field of b) if (!a.has(field)) lines.push(`+ ${message}: ${field}`);
    }
  }
  return lines;
}

function fieldsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return value.length === 0
      ? [`${path}[]`]
      : value.flatMap((element) => fieldsOf(element, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) {
    return path === '' ? [] : [`${path}: ${value === null ? 'null' : typeof value}`];
  }
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (TABLES.has(name) && typeof inner === 'object' && inner !== null) {
      return Object.values(inner).flatMap((row) => fieldsOf(row, `${here}.*`));
    }
    return fieldsOf(inner, here);
  });
}
