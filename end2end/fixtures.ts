/**
 * What tests import instead of `@playwright/test`: the same, with servers.
 *
 * `server` is shared by the tests of a worker and runs with default settings: each test has its own browser context, so its
 * own guest account. `startServer` gives a test a server of its own, for tests that change settings or kill it.
 */
import { test as base, expect } from '@playwright/test';
import { Server, type Settings } from './server.ts';

interface TestFixtures {
  startServer: (settings?: Settings) => Promise<Server>;
}

interface WorkerFixtures {
  server: Server;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: 'worker' },
  ],

  // Addresses that begin with a slash are the shared server's.
  baseURL: async ({ server }, use) => use(server.url),

  startServer: async ({}, use, testInfo) => {
    const servers: Server[] = [];
    await use(async (settings) => {
      const server = await Server.start(settings);
      servers.push(server);
      return server;
    });
    for (const [index, server] of servers.entries()) {
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach(`server ${index + 1}`, { body: server.output, contentType: 'text/plain' });
      }
      await server.dispose();
    }
  },
});

export { expect, Server };
export type { Settings };
