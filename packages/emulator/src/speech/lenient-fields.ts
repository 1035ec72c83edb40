import { EMOTIONS, LANGUAGES, STYLES, findModel } from '@stepvoice/core/protocol';
import { isRecord } from '../http/request-body.ts';

type Fields = Record<string, unknown>;

/**
 * What the service forgives in a body of `POST /audio/speech`, brought into the form of the shared schema. Field names
 * it does not know, among them the camel-case ones of the Android SDK, are left for the schema to pass over.
 */
export function forgiveSpeechRequest(body: Fields): Fields {
  // The OpenAI JavaScript SDK sends `extra_body` as it stands where the one for Python spreads it.
  const { extra_body: extra, ...own } = body;
  const fields = dropNulls(isRecord(extra) ? { ...extra, ...own } : own);
  return forgiveOptions(fields, fields['model']);
}

/** The same for `data` of `tts.create`; `model` is that of the socket's address. */
export function forgiveSpeechSession(data: Fields, model: string): Fields {
  const fields = dropNulls(data);
  const features = fields['features'];
  if (isRecord(features) && fields['markdown_filter'] === undefined) {
    const legacy = features['enable_markdown_filter'];
    if (typeof legacy === 'boolean') fields['markdown_filter'] = legacy;
  }
  return forgiveOptions(fields, model);
}

function forgiveOptions(fields: Fields, model: unknown): Fields {
  const map = fields['pronunciation_map'];
  if (map !== undefined) fields['pronunciation_map'] = joinPronunciations(map);
  const label = fields['voice_label'];
  if (isRecord(label)) fields['voice_label'] = firstLabel(label);
  const speech = typeof model === 'string' ? findModel(model)?.speech : undefined;
  // Newer documentation: an instruction takes effect on the newer models only; older ones do not mind it.
  if (speech !== undefined && speech.instructionLimit === 0) delete fields['instruction'];
  // An empty one asks for nothing.
  if (fields['instruction'] === '') delete fields['instruction'];
  return fields;
}

function dropNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** An object or an array of objects, `tone` an array of entries or one entry: always `{tone: [...]}`. */
function joinPronunciations(map: unknown): unknown {
  const parts: unknown[] = Array.isArray(map) ? map : [map];
  if (!parts.every(isRecord)) return map;
  return { tone: parts.flatMap((part) => part['tone'] ?? []) };
}

/** Of several labels the first that says something counts; its English name stands for the wire's Chinese value. */
function firstLabel(label: Fields): Fields {
  for (const [key, value] of Object.entries(label)) {
    if (key !== 'language' && key !== 'emotion' && key !== 'style') continue;
    if (value === '' || value === null || value === undefined) continue;
    return { [key]: typeof value === 'string' ? toWireValue(key, value) : value };
  }
  return {};
}

const TABLES = { language: LANGUAGES, emotion: EMOTIONS, style: STYLES };

function toWireValue(kind: keyof typeof TABLES, value: string): string {
  const table: Readonly<Record<string, string>> = TABLES[kind];
  const name = value
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  // The international pages name the dialect both ways.
  const key = name === 'sichuan-dialect' ? 'sichuanese' : name;
  return (Object.hasOwn(table, key) ? table[key] : undefined) ?? value;
}
