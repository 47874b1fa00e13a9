import type { Browser } from 'playwright-core';
import { after, before } from 'mocha';
import { launchChromium } from './chromium.ts';
import { PageServer } from './pageServer.ts';

let browser: Browser | undefined;
let server: PageServer | undefined;

/** One browser and one server for all page tests of a run. */
export const pages = {
  get browser(): Browser {
    if (browser === undefined) throw new Error('The browser runs while tests run.');
    return browser;
  },
  get server(): PageServer {
    if (server === undefined) throw new Error('The server runs while tests run.');
    return server;
  },
};

before(async function () {
  this.timeout(180_000); // A Chromium may have to be installed first.
  [browser, server] = await Promise.all([launchChromium(), PageServer.start()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});
