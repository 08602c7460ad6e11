/** The main story: a description becomes a test suite, watched to 100 %, downloaded. With JavaScript and without. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures.ts';
import { bar, completes, description, give, neverFalls, percent, pill, reaches, recordBar, showsWholeLog, upload } from './story.ts';

async function downloadIsZip(page: import('@playwright/test').Page): Promise<void> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download ZIP' }).click();
  const download = await downloading;
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(0, 2).toString()).toBe('PK');
  expect(download.suggestedFilename()).toMatch(/\.zip$/);
}

test('upload, watch, download', async ({ page, server }) => {
  const task = await upload(page, description(12));
  await completes(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Story API');
  await downloadIsZip(page);
  await showsWholeLog(page, server.url, task);
});

test('one click on the sample is enough', async ({ page }) => {
  await page.goto('/');
  // The card offers it, and so does an empty list.
  await page.getByRole('button', { name: 'the bookshop API' }).first().click();
  await page.waitForURL(/\/tasks\//);
  await completes(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Bookshop');
});

test('pasted text works as well as a file', async ({ page }) => {
  await page.goto('/new/test-suite');
  await give(page, 'Paste', description(3, 'Pasted API'));
  await page.locator('form button.primary').click();
  await page.waitForURL(/\/tasks\//);
  await completes(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Pasted API');
});

test('the bar moves live, never falls, and the title tells it too @hydrated', async ({ page, startServer }) => {
  const server = await startServer({ queue: { step_delay_ms: 200 } });
  let documents = 0;
  await upload(page, description(30), server.url);
  page.on('request', (request) => (documents += Number(request.isNavigationRequest())));
  const seen = await recordBar(page);
  await expect(pill(page)).toHaveAttribute('data-link', 'live');
  await reaches(page, 30);
  await expect(page).toHaveTitle(/^\d+ %/);
  await completes(page);
  const values = await seen();
  neverFalls(values);
  expect(values.length, `moved in steps: ${values}`).toBeGreaterThan(10);
  await expect(pill(page)).toHaveAttribute('data-link', 'ended');
  await page.waitForTimeout(3_500);
  expect(documents, 'with script nothing reloads the page').toBe(0);
});

test('a reload at half-way keeps progress @hydrated', async ({ page, startServer }) => {
  const server = await startServer({ queue: { step_delay_ms: 100 } });
  const task = await upload(page, description(30), server.url);
  await reaches(page, 40);
  const before = await percent(page);
  await page.reload({ waitUntil: 'commit' });
  await bar(page).waitFor();
  expect(await percent(page), 'the server renders where it is').toBeGreaterThanOrEqual(before);
  await completes(page);
  await showsWholeLog(page, server.url, task);
});

test('without script the page refreshes itself until the end @no-js', async ({ page, startServer }) => {
  const server = await startServer({ queue: { step_delay_ms: 100 } });
  await upload(page, description(30), server.url);
  const first = await percent(page);
  expect(first).toBeLessThan(90);
  // Nobody touches the page from here on.
  await completes(page);
  await downloadIsZip(page);
});

test('two tabs agree @hydrated', async ({ page, context, startServer }) => {
  const server = await startServer({ queue: { step_delay_ms: 60 } });
  const task = await upload(page, description(20), server.url);
  await reaches(page, 20);
  const other = await context.newPage();
  await other.goto(page.url());
  await Promise.all([completes(page), completes(other)]);
  for (const tab of [page, other]) await showsWholeLog(tab, server.url, task);
  const files = (tab: typeof page) => tab.locator('.tree .name').allTextContents();
  expect(await files(page)).toEqual(await files(other));
});

test('cancel stops it, and says so', async ({ page, startServer }) => {
  const server = await startServer({ queue: { step_delay_ms: 200 } });
  await upload(page, description(40), server.url);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.locator('h1')).toContainText(/cancelled/i, { timeout: 20_000 });
  const stopped = await percent(page);
  expect(stopped).toBeLessThan(100);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.locator('.facts')).toContainText('retry of', { timeout: 20_000 });
});

test('files can be looked at while they appear', async ({ page }) => {
  await upload(page, description(12));
  await completes(page);
  await page.locator('.tree a', { hasText: 'README.md' }).first().click();
  await expect(page.locator('pre.code').first()).toContainText('pytest');
  await expect(page).toHaveURL(/file=.*README/);
});
