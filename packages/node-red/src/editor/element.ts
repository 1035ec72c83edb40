type Attributes = Readonly<Record<string, string>>;

/** An element with its attributes and what is in it; texts are never taken for HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** A button with an icon of Font Awesome 4.7, which the editor has, and a name for those who do not see it. */
export function iconButton(icon: string, label: string, onClick: () => void): HTMLButtonElement {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'red-ui-button red-ui-button-small',
      title: label,
      'aria-label': label,
    },
    element('i', { class: `fa ${icon}`, 'aria-hidden': 'true' }),
  );
  button.addEventListener('click', onClick);
  return button;
}

export function textButton(label: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'red-ui-button' }, label);
  button.addEventListener('click', onClick);
  return button;
}

export function setIcon(button: HTMLButtonElement, icon: string): void {
  const shown = button.querySelector('i');
  if (shown !== null) shown.className = `fa ${icon}`;
}
