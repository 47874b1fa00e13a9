/** Attribute values; undefined and false leave an attribute out, except that `aria-*` booleans are written out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Creates an element. Strings become text nodes, so nothing that is shown is ever parsed as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  setAttributes(created, attributes);
  created.append(...children);
  return created;
}

/** Writes only what differs, so that assistive technology and layout hear of real changes alone. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = attributeText(name, value);
    if (text === undefined) target.removeAttribute(name);
    else if (target.getAttribute(name) !== text) target.setAttribute(name, text);
  }
}

export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows or hides without touching the focus of what stays. */
export function setShown(target: HTMLElement, shown: boolean): void {
  if (target.hidden === shown) target.hidden = !shown;
}

function attributeText(name: string, value: string | number | boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') return String(value);
  if (name.startsWith('aria-')) return String(value);
  return value ? '' : undefined;
}
