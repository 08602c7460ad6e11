/** Every page: accessible in both themes, no wider than the screen, quiet in the console, usable by keyboard. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { completes, description, pill, upload } from './story.ts';

async function everyPage(page: Page): Promise<string[]> {
  const task = await upload(page, description(8));
  await completes(page);
  const made = await page.request.post('/api/v1/tasks', { data: { kind: 'prompt', prompt: 'please write some poem about the sea, thanks' } });
  const { task_id: prompt } = (await made.json()) as { task_id: string };
  await expect.poll(async () => ((await (await page.request.get(`/api/v1/tasks/${prompt}`)).json()) as { status: string }).status).toBe('completed');
  return ['/', '/new/test-suite', '/new/prompt', '/tasks', `/tasks/${task}`, `/tasks/${task}?tab=log`, `/tasks/${prompt}`, '/nowhere'];
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${theme} @hydrated`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const path of await everyPage(page)) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      expect(found.violations.map((violation) => `${path}: ${violation.id} ${violation.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
    }
  });
}

test('no page scrolls sideways at 360 px', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of await everyPage(page)) {
    await page.goto(path);
    const [content, screen] = [await page.locator('html').evaluate((html) => html.scrollWidth).catch(() => 0), 360];
    expect(content, path).toBeLessThanOrEqual(screen);
  }
});

test('pages are taken over in silence, and load nothing from elsewhere @hydrated', async ({ page, server }) => {
  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  const foreign: string[] = [];
  page.on('request', (request) => !request.url().startsWith(server.url) && !request.url().startsWith('data:') && foreign.push(request.url()));
  for (const path of await everyPage(page)) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
  }
  // The browser itself reports the status of the page that is not there.
  expect(complaints.filter((text) => !/nowhere.*404/.test(text))).toEqual([]);
  expect(foreign).toEqual([]);
});

test('what is not there says so, with its status', async ({ page }) => {
  for (const path of ['/nowhere', '/tasks/01890a5d-ac96-774b-bcce-b302099a8057', '/tasks/x']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.locator('main')).toContainText(/not (found|here)|no such|nothing/i);
  }
});

test('another guest gets 404 on the page', async ({ page, browser, server }) => {
  const task = await upload(page, description(3));
  const stranger = await browser.newContext();
  const answer = await (await stranger.newPage()).goto(`${server.url}/tasks/${task}`);
  expect(answer?.status()).toBe(404);
  await stranger.close();
});

test('history finds and filters, and its address can be shared', async ({ page }) => {
  await upload(page, description(3, 'Alpha API'));
  await completes(page);
  await upload(page, description(3, 'Beta API'));
  await completes(page);
  await page.goto('/tasks');
  await expect(page.locator('main')).toContainText('Alpha API');
  await page.goto('/tasks?q=beta');
  await expect(page.locator('main')).toContainText('Beta API');
  await expect(page.locator('main')).not.toContainText('Alpha API');
  await page.goto('/tasks?state=failed');
  await expect(page.locator('main')).not.toContainText('Beta API');
});

test('the theme is a choice that lasts, without a flash', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.context().addCookies([{ name: 'theme', value: 'dark', url: (await page.goto('/'))!.url() }]);
  const html = await (await page.request.get('/')).text();
  expect(html).toMatch(/<html[^>]*data-theme="?dark/);
});

test('keyboard: shortcuts, help, escape @hydrated', async ({ page }) => {
  await page.goto('/');
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog');
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/\/new\/test-suite/);
  await page.keyboard.press('Tab');
  const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
  expect(focused.length).toBeGreaterThan(0);
});

test('what a description says is text and never runs @hydrated', async ({ page }) => {
  const evil = '</script><img src=x onerror=window.__pwned=1><svg onload=window.__pwned=1>{{7*7}}';
  const text = description(3, JSON.stringify(evil)).replaceAll('group 0', '<img src=x onerror=window.__pwned=1>');
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => void dialogs.push(dialog.message()));
  await upload(page, text);
  await completes(page);
  for (const path of [page.url(), `${page.url()}?tab=log`, '/tasks', '/']) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned)).toBeUndefined();
  }
  expect(dialogs).toEqual([]);
  await expect(page.locator('main')).toContainText('onerror');
});

test('first visit weighs no more than 250 kB @hydrated', async ({ page }) => {
  const sizes = new Map<string, number>();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const names = new Map<string, string>();
  client.on('Network.responseReceived', (event) => names.set(event.requestId, event.response.url));
  // What is sent of the files themselves, compressed; the answers' headers come on top.
  client.on('Network.dataReceived', (event) => {
    const url = names.get(event.requestId) ?? event.requestId;
    sizes.set(url, (sizes.get(url) ?? 0) + event.encodedDataLength);
  });
  await page.goto('/');
  await page.waitForLoadState('networkidle');
  const weighed = [...sizes].filter(([url]) => /\.(wasm|js|css)$/.test(url));
  expect(weighed.length).toBeGreaterThanOrEqual(3);
  const total = weighed.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log('first visit:', weighed.map(([url, bytes]) => `${url.split('.').pop()} ${bytes}`).join(', '), `= ${total} bytes`);
  expect(total).toBeLessThanOrEqual(250_000);
});

const PART = /\.task\.wasm$/;

test('what only a task page needs comes with it, and a broken line delays it only @hydrated', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => PART.test(request.url()) && asked.push(request.url()));
  const task = await upload(page, description(3));
  await completes(page);
  expect(asked.length).toBe(1);

  // Told to the browser in the page itself, so that it is fetched beside the first part and not after it.
  const html = await (await page.request.get(`/tasks/${task}`)).text();
  expect(html.match(/<link[^>]*\.task\.wasm[^>]*>/)?.[0]).toContain('rel="preload"');

  // On the way from another page: a page that says so, and tries again when told.
  await page.goto('/tasks');
  await page.route(PART, (route) => route.abort());
  await page.getByRole('link', { name: 'Story API' }).click();
  await expect(page.getByRole('alert')).toContainText('could not be loaded');
  await page.unroute(PART);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'Download ZIP' })).toBeVisible();

  // On the page itself: it is there from the server, and taken over as soon as the part gets through.
  let refused = 0;
  await page.route(PART, (route) => (refused++ < 2 ? route.abort() : route.continue()));
  await page.goto(`/tasks/${task}`);
  await expect(page.getByRole('link', { name: 'Download ZIP' })).toBeVisible();
  await expect(pill(page)).toBeVisible({ timeout: 15_000 });
  expect(refused).toBeGreaterThan(1);
});
