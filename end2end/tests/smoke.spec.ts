/** The server starts, serves its page, survives being killed, and the page is taken over without a complaint. */
import { expect, test } from '../fixtures.ts';

test('the home page answers', async ({ page }) => {
  const answer = await page.goto('/');
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/Livegen/);
});

test('the page is taken over without an error @hydrated', async ({ page }) => {
  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto('/');
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
  await expect.poll(async () => (await loaded()).some((name) => name.endsWith('.wasm'))).toBe(true);
  await page.waitForLoadState('networkidle');
  expect(complaints).toEqual([]);
});

test('a server that was killed comes back on its port with its data @server', async ({ startServer, request }) => {
  const server = await startServer();
  const { url, pid } = server;
  await server.kill();
  await expect(request.get(`${url}/livez`)).rejects.toThrow();
  await server.start();
  expect(server.url).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect((await request.get(`${url}/readyz`)).ok()).toBe(true);
  await server.stop();
});

test('started in any folder, it finds its site @server', async ({ startServer, request }) => {
  const server = await startServer();
  await server.stop();
  await server.start({}, server.dataFolder);
  const page = await (await request.get(server.url)).text();
  const style = /href="([^"]+\.css)"/.exec(page)?.[1];
  expect((await request.get(server.url + style)).headers()['content-type']).toContain('text/css');
});

test('settings that make no sense keep the server from starting, by name @server', async ({ startServer }) => {
  await expect(startServer({ queue: { workers: 'many' } })).rejects.toThrow(/queue\.workers.*LIVEGEN_QUEUE_WORKERS.*many/);
});
