const parser = new DOMParser();
const parsed = new Map<string, Element>();

/** A fresh copy of a bundled svg (what each has, its opening, is put back here). Decorative: what it means is said in text or in an accessible name beside it. */
export function icon(svg: string, className = ''): Element {
  let original = parsed.get(svg);
  if (original === undefined) {
    const whole = `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor" ${svg}`;
    original = parser.parseFromString(whole, 'image/svg+xml').documentElement;
    parsed.set(svg, original);
  }
  const copy = document.importNode(original, true);
  copy.setAttribute('aria-hidden', 'true');
  copy.setAttribute('class', `icon ${className}`.trimEnd());
  return copy;
}
