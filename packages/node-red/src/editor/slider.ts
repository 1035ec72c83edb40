import type { PropertyView } from '../generate/node-view.ts';
import type { Dialog } from './dialog.ts';
import { element } from './element.ts';

/** A slider below a number, each following the other. */
export function addSlider(dialog: Dialog, property: PropertyView): void {
  const { name, range, sources } = property;
  if (range === undefined) return;
  const field = dialog.input(name);
  const isTyped = sources.length > 0;
  const slider = element('input', {
    type: 'range',
    class: 'stepvoice-slider',
    min: String(range.min),
    max: String(range.max),
    step: String(stepOf(range)),
    'aria-label': dialog.propertyText(`${name}.label`),
  });
  slider.addEventListener('input', () => {
    if (isTyped) $(field).typedInput('value', slider.value);
    else field.value = slider.value;
  });
  const follow = (): void => {
    slider.hidden = isTyped && dialog.input(`${name}Type`).value !== 'num';
    // Told to no one as long as it is being typed: half a number is none.
    if (field.value !== '' && Number.isFinite(Number(field.value))) slider.value = field.value;
  };
  $(field).on('change keyup input', follow);
  follow();
  dialog.row(name).append(slider);
}

/** So that a slider has between twenty and some hundred places. */
function stepOf({ min, max, integer }: NonNullable<PropertyView['range']>): number {
  const span = max - min;
  if (integer) return Math.max(1, Math.round(span / 200));
  if (span <= 4) return 0.05;
  return span <= 20 ? 0.1 : 1;
}
