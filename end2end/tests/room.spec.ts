/** A project's room with two browsers in it: the owner, and somebody with a link and no account. Any task is a project's first run. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { completes, description, pill, reaches, upload } from './story.ts';

/** A run that outlasts the story. */
const SLOW = { queue: { step_delay_ms: 400 } };

const here = (page: Page) => page.locator('.here li');
const said = (page: Page) => page.locator('.comment .said');

/** Makes a link in the owner's room: its address. */
async function link(page: Page, label: string, comments: boolean): Promise<string> {
  await page.getByLabel('For whom').fill(label);
  await page.getByLabel('May comment').setChecked(comments);
  await page.getByRole('button', { name: 'Make a link' }).click();
  await expect(page.locator('.fresh-link code')).toContainText('share=');
  const address = (await page.locator('.fresh-link code').textContent())?.trim() ?? '';
  return new URL(address, page.url()).href;
}

async function stranger(browser: Browser, address: string, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

async function comment(page: Page, text: string, name?: string): Promise<void> {
  if (name) await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Comment', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
}

test.describe('@hydrated', () => {
  test('two browsers watch one run, see each other and talk; a revoked link is out within a second', async ({ page, browser, startServer }) => {
    const server = await startServer(SLOW);
    const project = await upload(page, description(150), server.url);
    await page.goto(`${server.url}/projects/${project}`);
    await expect(pill(page)).toHaveAttribute('data-link', 'live');
    const address = await link(page, 'the reviewer', true);
    const guest = await stranger(browser, address);
    // The token is not where it could be copied by mistake.
    expect(guest.url()).toBe(`${server.url}/projects/${project}`);
    await expect(guest.getByRole('heading', { level: 1 })).toContainText('Story API');
    await expect(here(guest)).toHaveText(['Owner', 'Guest 1 (you)']);
    await expect(here(page)).toHaveText(['Owner (you)', 'Guest 1'], { timeout: 1_000 });
    for (const name of ['Cancel', 'Generate again', 'Make a link']) await expect(guest.getByRole('button', { name })).toBeHidden();
    await expect(pill(guest)).toHaveAttribute('data-link', 'live');
    await Promise.all([reaches(page, 15), reaches(guest, 15)]);

    // A second tab is the same person.
    const tab = await guest.context().newPage();
    await tab.goto(`${server.url}/projects/${project}`);
    await expect(here(tab)).toHaveText(['Owner', 'Guest 1 (you)']);
    await tab.close();

    await comment(guest, 'Why <b>this</b> line?', 'Ada');
    await expect(said(page)).toHaveText(['Why <b>this</b> line?'], { timeout: 2_000 });
    await expect(page.locator('.comment')).toContainText('Ada');
    await page.getByRole('link', { name: /^Log/ }).click();
    // Another line than the guest's, which was the newest then.
    const line = (await page.locator('.log [id^=L]:not(:has(.noted)) .ln').nth(1).textContent()) ?? '';
    await page.locator(`#L${line} .ln`).click();
    await expect(page.getByLabel('Line ', { exact: false }).and(page.locator('input[name=seq]'))).toHaveValue(line);
    await comment(page, 'Because of that one.');
    await expect(said(guest)).toHaveText(['Why <b>this</b> line?', 'Because of that one.'], { timeout: 2_000 });
    await expect(page.locator(`#L${line} .noted`)).toHaveText('1 comment');
    await expect(guest.locator(`#L${line} .noted`)).toHaveText('1 comment');
    await expect(guest.getByRole('button', { name: /Take back what Owner/ })).toBeHidden();
    await guest.getByRole('button', { name: /Take back what Ada/ }).click();
    await expect(said(page)).toHaveText(['Because of that one.'], { timeout: 2_000 });

    await page.getByRole('button', { name: 'Revoke: the reviewer' }).click();
    await expect(guest.getByText('not open to this browser any more')).toBeVisible({ timeout: 1_000 });
    await expect(here(page)).toHaveText(['Owner (you)'], { timeout: 1_000 });
    await expect(pill(guest)).toHaveAttribute('data-link', 'refused');
    expect((await guest.reload())?.status()).toBe(404);
    expect((await guest.goto(address))?.status()).toBe(404);
    await guest.context().close();
  });

  test('a room goes on with the next run by itself', async ({ page, browser, server }) => {
    const project = await upload(page, description(4));
    await page.goto(`/projects/${project}`);
    await completes(page);
    const guest = await stranger(browser, await link(page, '', false));
    await expect(guest.locator('.room-head')).toContainText('Run 1');
    await expect(guest.getByRole('button', { name: 'Comment', exact: true })).toBeHidden();
    await expect(here(guest)).toHaveCount(2);
    await page.evaluate(() => ((window as unknown as { same: boolean }).same = true));
    await page.getByRole('button', { name: 'Generate again' }).click();
    for (const watcher of [page, guest]) {
      await expect(watcher.locator('.room-head')).toContainText('Run 2', { timeout: 5_000 });
      await completes(watcher);
      await expect(watcher.locator('.runs li')).toHaveCount(2);
    }
    expect(await page.evaluate(() => (window as unknown as { same?: boolean }).same), 'without a reload').toBe(true);
    await guest.getByRole('link', { name: 'Run 1', exact: true }).click();
    await expect(guest).toHaveURL(`${server.url}/tasks/${project}`);
    await expect(guest.getByRole('button', { name: 'Cancel' })).toBeHidden();
    await guest.context().close();
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing in a room in ${theme}`, async ({ page, browser }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const project = await upload(page, description(4));
      await page.goto(`/projects/${project}?tab=log`);
      await completes(page);
      const guest = await stranger(browser, await link(page, 'for the check', true));
      await guest.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await expect(here(guest)).toHaveCount(2);
      await comment(page, 'A remark.');
      await expect(said(guest)).toHaveText(['A remark.']);
      for (const watcher of [page, guest]) {
        await watcher.evaluate(() => window.scrollTo(0, 0));
        const found = await new AxeBuilder({ page: watcher }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
        expect(found.violations.map((violation) => `${violation.id} ${violation.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
      }
      await guest.context().close();
    });
  }
});

test('a room fits 360 px, is whole without script, and its forms work', async ({ page, browser, javaScriptEnabled }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const project = await upload(page, description(4));
  // Ended, so that what comes next does not race with its end.
  await expect.poll(async () => ((await (await page.request.get(`/api/v1/tasks/${project}`)).json()) as { status: string }).status).toBe('completed');
  await page.goto(`/projects/${project}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Story API');
  const address = await link(page, 'a friend with a label that is rather long for a narrow screen', true);
  const guest = await stranger(browser, address, javaScriptEnabled);
  await guest.setViewportSize({ width: 360, height: 740 });
  await comment(guest, 'x'.repeat(300), 'Ada');
  await expect(said(guest)).toHaveText(['x'.repeat(300)]);
  await page.goto(`/projects/${project}`);
  await expect(said(page)).toHaveText(['x'.repeat(300)]);
  for (const watcher of [page, guest]) {
    expect(await watcher.locator('html').evaluate((html) => html.scrollWidth).catch(() => 0)).toBeLessThanOrEqual(360);
  }
  await guest.getByLabel('Your name').fill('owner');
  await guest.getByLabel('Comment', { exact: true }).fill('I am not');
  await guest.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(guest.getByRole('alert').filter({ hasText: 'take another name' })).toBeVisible();
  await expect(guest.getByLabel('Comment', { exact: true })).toHaveValue('I am not');
  await page.getByRole('button', { name: /Take back what Ada/ }).click();
  await expect(said(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Generate again' }).click();
  await expect(page.locator('.room-head')).toContainText('Run 2');
  await page.getByRole('button', { name: /^Revoke: a friend/ }).click();
  await expect(page.locator('.links li')).toHaveCount(0);
  expect((await guest.goto(`/projects/${project}`).catch(() => guest.reload()))?.status()).toBe(404);
  await guest.context().close();
});
