import type { Locator } from 'playwright';
import type {
  Properties,
  Property,
} from '../../../packages/node-red/src/definition/node-definition.ts';

/** What a change in the dialog should have stored. Credentials are stored elsewhere and do not stand in it. */
export type Stored = Record<string, unknown>;

export const CHANGED_SECRET = 'sk-typed-into-a-dialog';
const TOOL = { name: 'lights', description: 'Turns them on.', parameters: '{"type":"object"}' };

type Dialog = { form: Locator; isConfig: boolean; otherAccount: string };

/**
 * Changes every property of a node in its open dialog, as a user does: those that are hidden are brought to sight first, by
 * what hides them.
 */
export async function changeEveryProperty(dialog: Dialog, properties: Properties): Promise<Stored> {
  const stored: Stored = {};
  await openSections(dialog.form);
  const hiding = new Set(
    Object.values(properties).flatMap(({ shownIf }) => shownIf?.property ?? []),
  );
  // Last those that others hang on: their new value may hide what was changed before.
  const names = Object.keys(properties);
  const ordered = [
    ...names.filter((name) => !hiding.has(name)),
    ...names.filter((name) => hiding.has(name)),
  ];
  for (const name of ordered) {
    const property = properties[name];
    if (property === undefined) continue;
    await bringToSight(dialog, properties, property);
    Object.assign(stored, await changeProperty(dialog, name, property));
  }
  return stored;
}

async function openSections(form: Locator): Promise<void> {
  for (const summary of await form.locator('details:not([open]) > summary').all()) {
    await summary.click();
  }
}

async function bringToSight(
  dialog: Dialog,
  properties: Properties,
  { shownIf }: Property,
): Promise<void> {
  if (shownIf === undefined) return;
  const controller = properties[shownIf.property];
  const [value] = shownIf.is;
  if (controller === undefined || value === undefined) return;
  await bringToSight(dialog, properties, controller);
  const field = fieldOf(dialog, shownIf.property);
  if (controller.value === 'boolean') await field.setChecked(value === true);
  else await field.selectOption(String(value));
}

function fieldOf({ form, isConfig }: Dialog, name: string): Locator {
  return form.locator(`#node-${isConfig ? 'config-' : ''}input-${name}`);
}

async function changeProperty(dialog: Dialog, name: string, property: Property): Promise<Stored> {
  const field = fieldOf(dialog, name);
  const row = dialog.form.locator(`[data-stepvoice-row="${name}"]`);
  const typed = field.locator(
    'xpath=following-sibling::*[contains(@class, "red-ui-typedInput-container")]',
  );
  const [source] = property.sources;
  if (source !== undefined) {
    await typed.locator('.red-ui-typedInput-type-select').click();
    await field.page().locator(`.red-ui-typedInput-options:visible a[value="${source}"]`).click();
    await typed.locator('.red-ui-typedInput-input').fill(`e2e.${name}`);
    return { [name]: `e2e.${name}`, [`${name}Type`]: source };
  }
  switch (property.value) {
    case 'boolean':
      await field.setChecked(property.default !== true);
      return { [name]: property.default !== true };
    case 'number': {
      const value = String(anotherNumber(property));
      await field.fill(value);
      // Node-RED stores what stands in a field, as text.
      return { [name]: value };
    }
    case 'choice': {
      if (property.open) {
        await field.fill('another-model');
        return { [name]: 'another-model' };
      }
      const value = Object.keys(property.choices ?? {}).find((key) => key !== property.default);
      if (value === undefined) throw new Error(`${name} has nothing to choose from.`);
      await field.selectOption(value);
      return { [name]: value };
    }
    case 'account':
      await field.selectOption(dialog.otherAccount);
      return { [name]: dialog.otherAccount };
    case 'secret':
      await field.fill(CHANGED_SECRET);
      return {};
    case 'token': {
      const before = await field.inputValue();
      await row.locator('button:has(.fa-refresh)').click();
      if ((await field.inputValue()) === before) throw new Error(`${name} was not made anew.`);
      return {};
    }
    case 'list':
      await field.fill('one\ntwo');
      return { [name]: 'one\ntwo' };
    case 'json':
      await field.fill('{"type":"object"}');
      return { [name]: '{"type":"object"}' };
    case 'string':
      await field.fill(`another-${name}`);
      return { [name]: `another-${name}` };
    case 'tools':
      await row.locator('.red-ui-editableList-addButton').click();
      await row.locator('li input').first().fill(TOOL.name);
      await row.locator('li input').last().fill(TOOL.description);
      await row.locator('li textarea').fill(TOOL.parameters);
      return { [name]: [TOOL] };
  }
}

function anotherNumber({ range, default: usual }: Property): number {
  const { min, max } = range ?? { min: 0, max: 1 };
  if (usual !== min) return min;
  return max;
}
