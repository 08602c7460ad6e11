/** A rough prompt becomes a clear one: sent by the form, watched, taken or left change by change, used again. */
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { bar } from './story.ts';

const ROUGH = 'Could you please write a poem about the sea for children? Never mention "sharks". Max 12 lines.';

async function improve(page: Page, prompt: string): Promise<string> {
  await page.goto('/new/prompt');
  await page.locator('textarea[name=prompt]').fill(prompt);
  await page.locator('form button.primary').click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  await expect(bar(page)).toHaveAttribute('value', '100', { timeout: 20_000 });
  await expect(page.getByRole('link', { name: 'Download prompt' })).toBeVisible();
  return page.url().replace(/.*\/tasks\//, '').slice(0, 36);
}

const original = (page: Page) => page.getByRole('region', { name: 'Original', exact: true }).locator('pre');
const result = (page: Page) => page.locator('section[aria-labelledby=prompt-text] pre');

test('a rough prompt becomes a clear one', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'New prompt', exact: true }).click();
  await expect(page).toHaveURL(/\/new\/prompt/);
  const task = await improve(page, ROUGH);
  await expect(original(page)).toHaveText(ROUGH);
  for (const words of ['## Task', 'Write a poem about the sea for children.', '## Constraints', 'Never mention "sharks".', '12 lines']) {
    await expect(result(page)).toContainText(words);
  }
  await expect(page.locator('.prompt-reasons')).toContainText('under a heading of its own');
  await expect(page.locator('.prompt-score')).toContainText('Success criteria');
  const download = await page.request.get(`/api/v1/tasks/${task}/artifact`);
  expect(await download.text()).toContain('## Constraints');

  await page.getByRole('link', { name: 'Use as new input' }).click();
  await expect(page.locator('textarea[name=prompt]')).toHaveValue(await download.text());
});

test('every version is kept, and any of them is the start of the next', async ({ page }) => {
  const first = await improve(page, ROUGH);
  await page.getByRole('link', { name: 'Use as new input' }).click();
  const field = page.locator('textarea[name=prompt]');
  await expect(field).toHaveValue(/## Task/);
  await expect(page.getByText('The next version of an earlier one')).toBeVisible();
  // What is wrong with it does not make it forget where it comes from.
  await page.waitForLoadState('networkidle');
  await field.fill('?!');
  await page.locator('form button.primary').click();
  await expect(page.locator('#outcome')).toContainText('no words');
  await field.fill('Write a song about the sea. Exactly 3 verses.');
  await page.locator('form button.primary').click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  await expect(page.getByRole('link', { name: 'Download prompt' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('link', { name: 'an earlier task' })).toHaveAttribute('href', `/tasks/${first}`);
  await page.getByRole('link', { name: 'All versions' }).click();
  await expect(page.getByRole('region', { name: 'Runs' }).getByRole('listitem')).toHaveCount(2);
  await expect(result(page)).toContainText('3 verses');

  await page.getByRole('link', { name: 'Run 1', exact: true }).click();
  await expect(original(page)).toHaveText(ROUGH);
  await page.getByRole('link', { name: 'Use as new input' }).click();
  await expect(field).toHaveValue(/sharks/);
});

test('changes are taken and left one by one @hydrated', async ({ page }) => {
  const task = await improve(page, ROUGH);
  const download = await (await page.request.get(`/api/v1/tasks/${task}/artifact`)).text();
  const text = async () => (await result(page).evaluate((pre) => pre.textContent)) ?? '';
  expect(await text()).toBe(download);
  const first = page.locator('.prompt-choices input[type=checkbox]').first();
  await first.uncheck();
  expect(await text()).not.toBe(download);
  await page.getByRole('button', { name: 'Restore original' }).click();
  expect(await text()).toBe(ROUGH);
  await expect(page.locator('.prompt-choices')).toContainText(/^Take or leave.*0 of \d+ changes taken/s);
  await page.getByRole('button', { name: 'Accept all' }).click();
  expect(await text()).toBe(download);
});

test('without script both texts are there, and no switches @no-js', async ({ page }) => {
  await improve(page, ROUGH);
  await expect(original(page)).toHaveText(ROUGH);
  await expect(page.locator('.prompt-choices')).toBeHidden();
});

test('a prompt without words is explained, and nothing typed is lost', async ({ page }) => {
  await page.goto('/new/prompt');
  const field = page.locator('textarea[name=prompt]');
  await field.fill('?!\n…');
  await page.locator('form button.primary').click();
  await expect(page.locator('#outcome')).toContainText('no words');
  await expect(field).toHaveValue('?!\n…');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
});

test('what was typed survives a reload @hydrated', async ({ page }) => {
  await page.goto('/new/prompt');
  await page.waitForLoadState('networkidle');
  await page.locator('textarea[name=prompt]').fill('half a prompt');
  await page.waitForTimeout(700);
  await page.reload();
  await expect(page.locator('textarea[name=prompt]')).toHaveValue('half a prompt');
});

test('what a prompt says is text and never runs @hydrated', async ({ page }) => {
  const evil = 'write </textarea></script><img src=x onerror=window.__pwned=1> about {{7*7}}';
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => void dialogs.push(dialog.message()));
  const task = await improve(page, evil);
  await page.goto(`/new/prompt?from=${task}`);
  await expect(page.locator('textarea[name=prompt]')).toHaveValue(/onerror/);
  expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned)).toBeUndefined();
  expect(dialogs).toEqual([]);
});

test('a prompt that is too long for the log is compared all the same', async ({ page }) => {
  const task = await improve(page, `Please write about the sea and number 7. ${'Then go on, and never stop. '.repeat(2_400)}`);
  await page.goto(`/tasks/${task}`);
  await expect(original(page)).toContainText('number 7');
  await expect(result(page)).toContainText('## Task');
});
