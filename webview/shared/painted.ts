/**
 * Milliseconds from the start of `render` to its pixels, without the idle wait for the next frame: the script's own
 * time plus style, layout and paint of the frame. Never settles while the page is hidden.
 */
export async function measurePaint(render: () => void): Promise<number> {
  const start = performance.now();
  render();
  const scriptMs = performance.now() - start;
  const frameStart = await new Promise<number>((resolve) => requestAnimationFrame(() => resolve(performance.now())));
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
  return scriptMs + performance.now() - frameStart;
}
