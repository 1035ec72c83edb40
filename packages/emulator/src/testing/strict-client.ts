import { decodeBase64 } from '@stepvoice/core/audio';

type Fields = Readonly<Record<string, unknown>>;
type SeenItem = { content: number; arguments: string };

/**
 * Reads realtime events as the strictest clients in use do, and throws where those throw: at a dependent that comes before
 * what it depends on, at ids that were never announced, at half samples.
 */
export class StrictClient {
  readonly #items = new Map<string, SeenItem>();
  #response: { id: string; outputs: number } | undefined;
  #hasSession = false;
  readonly #ended = new Set<string>();

  read(event: Fields & { type: string }): void {
    const { type } = event;
    if (!this.#hasSession && type !== 'session.created') fail(event, 'before session.created');
    if (type === 'session.created') this.#hasSession = true;
    else if (type === 'conversation.item.created') this.#createItem(event);
    else if (type === 'conversation.item.deleted') this.#items.delete(text(event, 'item_id'));
    else if (type === 'conversation.item.truncated') this.#itemOf(event);
    else if (type === 'conversation.item.input_audio_transcription.completed') {
      if (index(event, 'content_index') >= this.#itemOf(event).content) fail(event, 'no part');
      text(event, 'transcript');
    } else if (type === 'input_audio_buffer.speech_started') index(event, 'audio_start_ms');
    else if (type === 'input_audio_buffer.speech_stopped') index(event, 'audio_end_ms');
    else if (type.startsWith('response.')) this.#readResponse(event);
  }

  #createItem(event: Fields): void {
    const item = event['item'] as Fields;
    const id = text(item, 'id');
    if (this.#items.has(id)) fail(event, 'a known item is created again');
    const previous = event['previous_item_id'];
    if (previous !== undefined && !this.#items.has(text(event, 'previous_item_id')))
      fail(event, 'no previous');
    if (item['type'] === 'function_call') {
      if ('arguments' in item) fail(event, 'arguments in the first event of a call');
      if (item['status'] !== 'incomplete') fail(event, 'a call that begins is not complete');
    }
    const content = (item['content'] as unknown[] | undefined)?.length ?? 0;
    this.#items.set(id, { content, arguments: '' });
  }

  #readResponse(event: Fields & { type: string }): void {
    const { type } = event;
    if (type === 'response.created') {
      if (this.#response !== undefined) fail(event, 'two responses at a time');
      const response = event['response'] as Fields;
      if (!Array.isArray(response['output'])) fail(event, 'output is no array');
      this.#response = { id: text(response, 'id'), outputs: 0 };
      return;
    }
    const response = this.#response;
    if (type === 'response.cancelled' && response === undefined) return;
    if (response === undefined) return fail(event, 'no response');
    if (type === 'response.done') return this.#endResponse(event, response.id);
    if (text(event, 'response_id') !== response.id) fail(event, 'of another response');
    if (type === 'response.cancelled') return;
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      if (index(event, 'output_index') > response.outputs) fail(event, 'an output is missing');
      response.outputs = Math.max(response.outputs, index(event, 'output_index') + 1);
      // `conversation.item.created` follows the first of them at once.
      if (type === 'response.output_item.done') this.#doneItem(event);
      return;
    }
    this.#readContent(event);
  }

  #doneItem(event: Fields): void {
    const item = event['item'] as Fields;
    const known = this.#items.get(text(item, 'id')) ?? fail(event, 'an unknown item is done');
    if (item['type'] === 'function_call' && item['arguments'] !== known.arguments) {
      fail(event, 'the fragments are not the arguments');
    }
  }

  #readContent(event: Fields & { type: string }): void {
    const item = this.#itemOf(event);
    const { type } = event;
    if (type.startsWith('response.function_call_arguments.')) {
      text(event, 'call_id');
      text(event, 'name');
      if (type.endsWith('.delta')) item.arguments += text(event, 'arguments');
      return;
    }
    const part = index(event, 'content_index');
    if (type === 'response.content_part.added') {
      if (part !== item.content) fail(event, 'a part out of its order');
      item.content += 1;
      return;
    }
    if (part >= item.content) fail(event, 'no such part');
    if (type === 'response.audio.delta') {
      const bytes = decodeBase64(text(event, 'delta'));
      if (bytes.length === 0 || bytes.length % 2 !== 0) fail(event, 'half a sample');
    } else if (type.endsWith('.delta')) text(event, 'delta');
  }

  #endResponse(event: Fields, id: string): void {
    const response = event['response'] as Fields;
    if (text(response, 'id') !== id) fail(event, 'another response is done');
    if (this.#ended.has(id)) fail(event, 'done twice');
    for (const item of response['output'] as Fields[]) {
      if (item['status'] === 'in_progress') fail(event, 'an item goes on');
    }
    this.#ended.add(id);
    this.#response = undefined;
  }

  #itemOf(event: Fields): SeenItem {
    return this.#items.get(text(event, 'item_id')) ?? fail(event, 'no such item');
  }
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : fail(fields, `${key} is no text`);
}

function index(fields: Fields, key: string): number {
  const value = fields[key];
  return Number.isInteger(value) ? (value as number) : fail(fields, `${key} is no number`);
}

function fail(event: Fields, why: string): never {
  throw new Error(`${why}: ${JSON.stringify(event).slice(0, 300)}`);
}
