import { element } from './element.ts';
import { icon } from './icon.ts';

/** A square button with an icon; the label is its tooltip and its accessible name. */
export function iconButton(svg: string, label: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'icon-button', title: label, 'aria-label': label });
  button.append(icon(svg));
  button.addEventListener('click', onClick);
  return button;
}

export function textButton(
  label: string,
  kind: 'primary' | 'secondary' | 'link',
  onClick: () => void,
): HTMLButtonElement {
  const button = element('button', { type: 'button', class: `text-button ${kind}` }, label);
  button.addEventListener('click', onClick);
  return button;
}
