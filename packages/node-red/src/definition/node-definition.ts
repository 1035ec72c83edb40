/** A text in the languages of the editor. */
export type Text = { readonly en: string; readonly zh: string };

/** Where a property may be read from, beside the value that stands in the dialog. */
export type Source = 'msg' | 'flow' | 'global' | 'env' | 'jsonata';

/** For what is said, written or chosen for each message. */
export const ANY_SOURCE: readonly Source[] = ['msg', 'flow', 'global', 'env', 'jsonata'];

type Scalar = string | number | boolean;

declare const valueType: unique symbol;

/** One property of a node: what the dialog shows, what is stored, what the help says, and what the runtime gets. */
export type Property<Value = unknown> = {
  readonly value:
    | 'string'
    | 'number'
    | 'boolean'
    | 'choice'
    | 'list'
    | 'json'
    | 'account'
    | 'secret'
    | 'token'
    | 'tools';
  readonly label: Text;
  /** Markdown, one or two sentences. It stands in the help, in the docs and behind the label. */
  readonly help: Text;
  /** As it is stored. */
  readonly default: Scalar | readonly unknown[];
  /** Blank is allowed, and is `undefined` for the runtime. */
  readonly optional: boolean;
  /** With any of these, the dialog shows a typed input, whose type is stored as `<name>Type`. */
  readonly sources: readonly Source[];
  /** Of these, the one a new node begins with; `undefined`: the value that stands in the dialog. */
  readonly defaultSource: Source | undefined;
  /** A property of the message which wins over all of that. */
  readonly message: string | undefined;
  readonly range:
    | { readonly min: number; readonly max: number; readonly integer: boolean }
    | undefined;
  readonly choices: Readonly<Record<string, Text>> | undefined;
  /** Other values than those of `choices` are allowed. */
  readonly open: boolean;
  readonly unit: Text | undefined;
  readonly placeholder: Text | undefined;
  readonly widget: 'voice' | 'multiline' | 'slider' | undefined;
  /** Stands in the part of the dialog that is closed at first. */
  readonly isAdvanced: boolean;
  /** Shown only where another property has one of these values. */
  readonly shownIf: { readonly property: string; readonly is: readonly Scalar[] } | undefined;
  /** The choices are the models of this kind, and any other a server may have. */
  readonly models: 'speech' | 'transcription' | 'realtime' | 'chat' | undefined;
  readonly [valueType]?: Value;
};

export type Properties = Readonly<Record<string, Property>>;

/** What the runtime gets of properties. */
export type SettingsOf<P extends Properties> = {
  [Name in keyof P]: P[Name] extends Property<infer Value> ? Value : never;
};

type Shared = {
  label: Text;
  help: Text;
  sources?: readonly Source[];
  message?: string;
  isAdvanced?: boolean;
  shownIf?: { property: string; is: readonly Scalar[] };
  placeholder?: Text;
};

function property<Value>(
  value: Property['value'],
  shared: Shared,
  own: Partial<Omit<Property, 'value' | typeof valueType>>,
): Property<Value> {
  return {
    value,
    default: '',
    optional: false,
    range: undefined,
    choices: undefined,
    open: false,
    unit: undefined,
    widget: undefined,
    models: undefined,
    defaultSource: undefined,
    ...own,
    label: shared.label,
    help: shared.help,
    sources: shared.sources ?? [],
    message: shared.message,
    isAdvanced: shared.isAdvanced ?? false,
    shownIf: shared.shownIf,
    placeholder: shared.placeholder,
  };
}

/** Free text. Blank is `undefined`. */
export function text(
  shared: Shared & { default?: string; widget?: 'multiline' },
): Property<string | undefined> {
  return property('string', shared, {
    default: shared.default ?? '',
    optional: true,
    widget: shared.widget,
  });
}

/**
 * What the node works on. Its default is `msg.payload`, which may hold anything: the node checks it.
 *
 * @param shared the types beside `msg` default to all
 */
export function input(shared: Shared): Property {
  return property(
    'json',
    { sources: ANY_SOURCE, ...shared },
    { default: 'payload', defaultSource: 'msg', optional: true },
  );
}

type Range = { min: number; max: number; integer?: boolean; unit?: Text };

export function number(
  shared: Shared & Range & { default: number; widget?: 'slider' },
): Property<number> {
  return property('number', shared, {
    default: shared.default,
    range: toRange(shared),
    unit: shared.unit,
    widget: shared.widget,
  });
}

/** A number that may be left blank, which is `undefined`. */
export function optionalNumber(shared: Shared & Range): Property<number | undefined> {
  return property('number', shared, {
    optional: true,
    range: toRange(shared),
    unit: shared.unit,
  });
}

export function flag(shared: Shared & { default: boolean }): Property<boolean> {
  return property('boolean', shared, { default: shared.default });
}

/** One of a closed set. */
export function choice<const Value extends string>(
  shared: Shared & { choices: Readonly<Record<Value, Text>>; default: NoInfer<Value> },
): Property<Value> {
  return property('choice', shared, { default: shared.default, choices: shared.choices });
}

/** A model of the library's table, or any other by name. Blank is `undefined`: the library's own default. */
export function model(
  shared: Shared & { models: NonNullable<Property['models']> },
): Property<string | undefined> {
  const own = { placeholder: { en: 'default', zh: '默认' }, ...shared };
  return property('choice', own, { open: true, optional: true, models: shared.models });
}

/** Texts, one a line. Messages may bring an array, too. */
export function list(shared: Shared): Property<readonly string[]> {
  return property('list', shared, { widget: 'multiline' });
}

/** Anything JSON can say. Blank is `undefined`. */
export function json(shared: Shared): Property {
  return property('json', shared, { optional: true, widget: 'multiline' });
}

/** A voice, with a picker. Blank is `undefined`. */
export function voice(shared: Shared & { default: string }): Property<string | undefined> {
  return property('string', shared, { default: shared.default, optional: true, widget: 'voice' });
}

/** The id of the account. */
export function account(): Property<string> {
  return property(
    'account',
    {
      label: { en: 'Account', zh: '账户' },
      help: {
        en: 'Who is asked, and who pays.',
        zh: '向谁请求服务，由谁付费。',
      },
    },
    {},
  );
}

/** A credential: stored encrypted, never shown again, in no export. The runtime reads it from `node.credentials`. */
export function secret(shared: Shared): Property<string> {
  return property('secret', shared, { optional: true });
}

/** A random credential that the dialog makes and shows, such as the key of a page's address. In no export. */
export function token(shared: Shared): Property<string> {
  return property('token', shared, { optional: true });
}

/** A tool as its row in the dialog has it. */
export type ToolRow = { name: string; description: string; parameters: string };

/** Rows of tools a model may call. `parameters` is a JSON Schema, as text. */
export function tools(shared: Shared): Property<readonly ToolRow[]> {
  return property('tools', shared, { default: [] });
}

function toRange({ min, max, integer = false }: Range): NonNullable<Property['range']> {
  return { min, max, integer };
}

/** A property of a message that a node reads or sends. */
export type MessageField = {
  /** Such as `payload` or `parts.id`. */
  name: string;
  /** As the help of Node-RED has it: `string | buffer`. */
  type: string;
  text: Text;
  optional?: boolean;
};

export type OutputDefinition = { label: Text; text: Text; fields: readonly MessageField[] };

export type NodeDefinition<P extends Properties = Properties> = {
  /** `stepvoice-…` */
  type: string;
  /** Of the stored configuration. A higher one needs a migration from each before it. */
  version: number;
  /** What to do with a configuration of version 1, 2, …, in place. */
  migrations: readonly ((config: Record<string, unknown>) => void)[];
  isConfig: boolean;
  /** In the palette and on the node: short. */
  label: Text;
  /** One sentence: the tooltip in the palette and the first of the help. */
  summary: Text;
  /** SVG in `icons/`. */
  icon: string;
  /** Muted, of the family in `palette.ts`. */
  color: string;
  properties: P;
  /** `undefined`: the node has no input. */
  input: { text: Text; fields: readonly MessageField[] } | undefined;
  /** `msg.action`. */
  actions: Readonly<Record<string, Text>>;
  outputs: readonly OutputDefinition[];
  /** Texts of its status badge, beside the shared ones; under 20 characters. */
  statuses: Readonly<Record<string, Text>>;
  /** The rest of the help, in Markdown. */
  details: Text;
};

/** Checks the shape and keeps the names of the properties. */
export function defineNode<const P extends Properties>(
  definition: NodeDefinition<P>,
): NodeDefinition<P> {
  return definition;
}
