import { DEFAULT_SPEECH_MODEL } from '@stepvoice/core';
import { SPEECH_PRICES } from '@stepvoice/core/narration';
import { MODELS } from '@stepvoice/core/protocol';
import type { NodeDefinition, Property, Source } from '../definition/node-definition.ts';

/** The type that a typed input stores for a value that stands in the dialog itself. */
export type LiteralType = 'str' | 'num' | 'bool' | 'json' | 'list' | 'choice' | 'voice';

/** Of a property: what the editor's script needs. Its texts come from the catalogue. */
export type PropertyView = {
  readonly name: string;
  readonly value: Property['value'];
  readonly widget: Property['widget'];
  readonly literal: LiteralType;
  readonly sources: readonly Source[];
  /** Of a value that was stored without one. */
  readonly defaultType: string;
  readonly default: Property['default'];
  readonly optional: boolean;
  readonly range?: NonNullable<Property['range']>;
  /** Values, in order. Of a model: those of the library's table. */
  readonly choices?: readonly string[];
  readonly open: boolean;
  readonly shownIf?: NonNullable<Property['shownIf']>;
  /** The property of a message that wins. */
  readonly message?: string;
  /** Of a model that speaks: what 1000 billed units cost in China, and which model a blank field means. */
  readonly prices?: { readonly blank: string; readonly per1000: Readonly<Record<string, number>> };
};

export type NodeView = {
  readonly type: string;
  readonly version: number;
  readonly isConfig: boolean;
  readonly properties: readonly PropertyView[];
};

export function toNodeView({
  type,
  version,
  isConfig,
  properties,
}: Pick<NodeDefinition, 'type' | 'version' | 'isConfig' | 'properties'>): NodeView {
  const views = Object.entries(properties).map(([name, property]) =>
    toPropertyView(name, property),
  );
  return { type, version, isConfig, properties: views };
}

function toPropertyView(name: string, property: Property): PropertyView {
  const { value, widget, sources, optional, range, open, shownIf, message } = property;
  const choices = choicesOf(property);
  return {
    name,
    value,
    widget,
    literal: literalOf(property),
    sources,
    defaultType: defaultTypeOf(property),
    default: property.default,
    optional,
    open,
    ...(range === undefined ? {} : { range }),
    ...(choices === undefined ? {} : { choices }),
    ...(shownIf === undefined ? {} : { shownIf }),
    ...(message === undefined ? {} : { message }),
    ...(property.models === 'speech' ? { prices: speechPrices() } : {}),
  };
}

function speechPrices(): NonNullable<PropertyView['prices']> {
  const per1000: Record<string, number> = {};
  for (const [model, price = 0] of Object.entries(SPEECH_PRICES.per10000)) {
    per1000[model] = price / 10;
  }
  return { blank: DEFAULT_SPEECH_MODEL, per1000 };
}

/** Values that the dialog offers. Models on their way out are known to the library but no longer offered. */
export function choicesOf({ choices, models }: Property): readonly string[] | undefined {
  if (models === undefined) return choices === undefined ? undefined : Object.keys(choices);
  return MODELS.filter(({ kinds, deprecated }) => kinds.includes(models) && !deprecated).map(
    ({ id }) => id,
  );
}

function literalOf({ value, widget }: Property): LiteralType {
  if (widget === 'voice') return 'voice';
  switch (value) {
    case 'number':
      return 'num';
    case 'boolean':
      return 'bool';
    case 'json':
      return 'json';
    case 'list':
      return 'list';
    case 'choice':
      return 'choice';
    case 'string':
    case 'account':
    case 'secret':
    case 'token':
    case 'tools':
      return 'str';
  }
}

/** What the dialog of a new node has stored as `<name>Type`. */
export function defaultTypeOf(property: Property): string {
  return property.defaultSource ?? literalOf(property);
}
