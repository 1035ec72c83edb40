import type { LiteralType, PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import { element } from './element.ts';
import type { TypedInputType } from './red.ts';

/** Values on several lines: a typed input has only one, so they get an area below it. */
export function isArea({ widget, literal }: PropertyView): boolean {
  return widget === 'multiline' && (literal === 'str' || literal === 'list');
}

/**
 * Makes a typed input of a plain one.
 *
 * @param openPicker of a voice: what its button does
 */
export function makeTypedField(
  dialog: Dialog,
  property: PropertyView,
  openPicker: (() => void) | undefined,
): void {
  const { name } = property;
  const field = dialog.input(name);
  const typeField = dialog.input(`${name}Type`);
  const label = dialog.propertyText(`${name}.label`);
  field.setAttribute('aria-label', label);
  const literals = literalTypes(dialog, property, openPicker);
  const first = literals[0];
  // Stored by hand or by an older version: a value without a type stands in the dialog itself.
  const fallback = typeof first === 'string' ? first : (first?.value ?? property.literal);
  const types =
    property.default === 'payload' && property.value === 'json'
      ? [...property.sources, ...literals]
      : [...literals, ...property.sources];
  if (typeField.value === '') typeField.value = fallback;
  const query = $(field).typedInput({ default: typeField.value, types, typeField });
  query.typedInput('width', '100%');
  const trigger = dialog.row(name).querySelector('.red-ui-typedInput-type-select');
  trigger?.setAttribute('aria-label', dialog.text('sourceOf', { label }));
  if (isArea(property)) addArea(dialog, property, label);
  else keepPlaceholder(dialog, property);
}

/** The editor's typed input drops it. It is said of the value that stands in the dialog. */
function keepPlaceholder(dialog: Dialog, { name, literal }: PropertyView): void {
  const field = dialog.input(name);
  const shown = dialog
    .row(name)
    .querySelector<HTMLInputElement>(
      '.red-ui-typedInput-input input, input.red-ui-typedInput-input',
    );
  if (shown === null || field.placeholder === '') return;
  const show = (): void => {
    shown.placeholder = dialog.input(`${name}Type`).value === literal ? field.placeholder : '';
  };
  $(field).on('change', show);
  show();
}

function literalTypes(
  dialog: Dialog,
  property: PropertyView,
  openPicker: (() => void) | undefined,
): TypedInputType[] {
  const { name, literal, choices = [], value } = property;
  const label = dialog.text('fixedValue');
  if (isArea(property))
    return [{ value: literal, label: dialog.text('textBelow'), hasValue: false }];
  switch (literal satisfies LiteralType) {
    case 'choice':
      return [
        property.open
          ? { value: literal, label, icon: 'fa fa-list', autoComplete: suggest(choices) }
          : {
              value: literal,
              label,
              icon: 'fa fa-list',
              options: choices.map((choice) => ({
                value: choice,
                label: dialog.propertyText(`${name}.choices.${choice.replace(/[.:]/g, '_')}`),
              })),
            },
      ];
    case 'voice':
      return [
        {
          value: literal,
          label,
          icon: 'fa fa-user',
          ...(openPicker === undefined ? {} : { expand: openPicker }),
        },
      ];
    case 'json':
      return value === 'json' && property.widget !== 'multiline' ? ['str', 'json'] : ['json'];
    case 'list':
    case 'str':
    case 'num':
    case 'bool':
      return [literal === 'list' ? 'str' : literal];
  }
}

/** Of values that are known; any other may be typed, too. */
export function suggest(
  choices: readonly string[],
): (value: string) => readonly { value: string; label: string }[] {
  return (value) => {
    const begun = value.trim().toLowerCase();
    return choices
      .filter((choice) => choice.toLowerCase().includes(begun))
      .map((choice) => ({ value: choice, label: choice }));
  };
}

function addArea(dialog: Dialog, property: PropertyView, label: string): void {
  const { name, literal } = property;
  const field = dialog.input(name);
  const typeField = dialog.input(`${name}Type`);
  const area = element('textarea', { rows: '4', 'aria-label': label, class: 'stepvoice-area' });
  // Not the field's own value: it has lost its line breaks.
  const stored = dialog.node[name] ?? property.default;
  if (typeField.value === literal && typeof stored === 'string') area.value = stored;
  dialog.row(name).append(area);
  const show = (): void => {
    area.hidden = typeField.value !== literal;
  };
  $(field).on('change', show);
  show();
  dialog.onSave(() => {
    if (typeField.value === literal) field.value = area.value;
  });
}
