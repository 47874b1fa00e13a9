import { setAttributes } from '../shared/element.ts';
import type { Attributes } from '../shared/element.ts';

const namespace = 'http://www.w3.org/2000/svg';

/** Creates an SVG element. Colours come from the style sheet by class, so that it follows the theme by itself. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const created = document.createElementNS(namespace, tag);
  setAttributes(created, attributes);
  created.append(...children);
  return created;
}
