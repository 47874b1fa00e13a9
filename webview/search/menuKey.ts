/**
 * Shift+F10 opens the context menu of what has the focus, on a Mac, too: elsewhere the browser does that by itself. VS Code
 * takes the event as it takes that of a mouse.
 */
export function openMenuByKey(event: KeyboardEvent): void {
  const { activeElement } = document;
  if (event.key !== 'F10' || !event.shiftKey || activeElement === null) return;
  event.preventDefault();
  event.stopPropagation();
  const { left, bottom } = activeElement.getBoundingClientRect();
  const place = { clientX: left, clientY: bottom, view: window };
  activeElement.dispatchEvent(new MouseEvent('contextmenu', { ...place, bubbles: true, cancelable: true }));
}
