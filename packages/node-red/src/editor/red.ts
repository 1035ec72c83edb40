// What of the editor of Node-RED 4.1 and 5 is used here, and no more.

/** A node as the editor has it. */
export type EditorNode = {
  id: string;
  type: string;
  /** Changed since it was deployed. */
  changed?: boolean;
  credentials?: Record<string, unknown>;
  /** Looks a text up in the catalogue of the node's own set. */
  _(key: string, values?: Record<string, unknown>): string;
  [property: string]: unknown;
};

export type TypedInputType =
  | string
  | {
      value: string;
      label: string;
      icon?: string;
      hasValue?: boolean;
      options?: readonly { value: string; label: string }[];
      expand?: () => void;
      autoComplete?: (value: string) => readonly { value: string; label: string }[];
    };

export type EditableListOptions<Row> = {
  addItem(row: { 0: HTMLElement }, index: number, data: Partial<Row>): void;
  removeItem?(data: Row): void;
  sortItems?(): void;
  addButton?: string | boolean;
  removable?: boolean;
  sortable?: boolean;
  height?: number | 'auto';
};

/** Of jQuery: what the editor's own widgets need. The rest is done with the browser's own means. */
export interface Query {
  on(events: string, listener: () => void): Query;
  val(): unknown;
  val(value: string): Query;
  trigger(event: string): Query;
  typedInput(options: {
    default: string;
    types: readonly TypedInputType[];
    typeField: HTMLElement;
  }): Query;
  typedInput(method: 'type' | 'value'): string;
  typedInput(method: 'type' | 'value' | 'width', value: string): Query;
  autoComplete(options: {
    search(value: string): readonly { value: string; label: string }[];
    minLength: number;
  }): Query;
  editableList<Row>(options: EditableListOptions<Row>): Query;
  editableList(method: 'addItem', row: unknown): Query;
}

export interface QueryStatic {
  (target: HTMLElement): Query;
  ajax(options: {
    url: string;
    method: 'GET' | 'POST';
    headers: Record<string, string>;
    contentType?: string;
    data?: string;
    xhr: () => XMLHttpRequest;
    xhrFields?: { responseType: 'blob' };
    success(data: unknown): void;
    error(request: { status: number; responseText?: string }): void;
  }): { abort(): void };
}

export interface Red {
  settings: { apiRootUrl: string; httpNodeRoot?: string };
  i18n: { lang(): string };
  nodes: {
    node(id: string): EditorNode | null | undefined;
    registerType: unknown;
  };
  clipboard: { copyText(text: string): boolean };
  popover: {
    tooltip(target: Query, content: string): unknown;
  };
  editor: {
    editJSON(options: { value: string; focus: boolean; complete(value: string): void }): void;
  };
  utils: { validateTypedProperty(value: string, type: string): string | boolean };
}

declare global {
  const RED: Red;
  const $: QueryStatic;
}
