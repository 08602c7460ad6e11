/** The home page starts each kind of task: with a sample by one click, or with words of one's own. */
import { expect, test } from '../fixtures.ts';
import { bar } from './story.ts';

const UNVERIFIED = { project: { verify: 'false' } };

test('a sample of each kind runs by one click', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  for (const [sample, title] of [
    ['the bookshop API', /Test suite for Bookshop API/],
    ['the library', /Project: Library/],
    ['an example', /Prompt: /],
  ] as const) {
    await page.goto(server.url);
    await page.getByRole('button', { name: sample }).first().click();
    await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
    await expect(bar(page)).toHaveAttribute('value', '100', { timeout: 30_000 });
    await expect(page.getByRole('link', { name: /^Download/ })).toBeVisible();
  }
});

test('a brief becomes a model to look at, a rough prompt a task', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  await page.goto(server.url);
  await page.getByLabel('What the project is about').fill('a zoo: animals with name and birth date, keepers');
  await page.getByRole('button', { name: 'Draft' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New project');
  await expect(page.locator('textarea[name=text]')).toHaveValue(/entity Animal \{[^}]*birth_date date/);

  await page.goto(server.url);
  await page.getByLabel('A rough prompt').fill('write a poem about the sea');
  await page.getByRole('button', { name: 'Improve' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  await expect(bar(page)).toHaveAttribute('value', '100', { timeout: 20_000 });
});
