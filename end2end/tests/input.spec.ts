/** What is wrong is said where it is, before a task is made, and nothing that was typed is lost. */
import { expect, test } from '../fixtures.ts';
import { description, give } from './story.ts';

const cases: [name: string, text: string, says: RegExp[]][] = [
  ['broken YAML', 'openapi: 3.1.0\ninfo: { title: x, version: "1"\npaths: {}\n', [/line \d+/i]],
  ['broken JSON', '{\n  "openapi": "3.0.3",\n  "info": {,}\n}', [/line 3/i]],
  ['no description at all', '<!doctype html><title>Hello</title>', [/OpenAPI/]],
  ['a $ref to nowhere', description(2).replace('{ type: object }', "{ $ref: '#/components/schemas/Nowhere' }"), [/Nowhere/]],
];

for (const [name, text, says] of cases) {
  test(`${name} is explained`, async ({ page }) => {
    await page.goto('/new/test-suite');
    const field = page.locator('textarea[name=description]');
    await give(page, 'Paste', text);
    await page.locator('form button.primary').click();
    for (const words of says) await expect(page.locator('#outcome')).toContainText(words);
    await expect(page).toHaveURL(/\/new\/test-suite/);
    await expect(field).toHaveValue(text);
    const list = (await (await page.request.get('/api/v1/tasks')).json()) as { tasks: unknown[] };
    expect(list.tasks).toHaveLength(0);
  });
}

test('private addresses are refused by the field', async ({ page, server }) => {
  await page.goto('/new/test-suite');
  await give(page, 'URL', `${server.url}/samples/bookshop.yaml`);
  await page.locator('form button.primary').click();
  await expect(page.locator('#outcome')).toContainText(/never fetched/);
});

test('a double click makes one task @hydrated', async ({ page }) => {
  await page.goto('/new/test-suite');
  await give(page, 'Paste', description(3));
  await page.locator('form button.primary').dblclick();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  const list = (await (await page.request.get('/api/v1/tasks')).json()) as { tasks: unknown[] };
  expect(list.tasks).toHaveLength(1);
});

test('pasted text survives a reload @hydrated', async ({ page }) => {
  await page.goto('/new/test-suite');
  await give(page, 'Paste', 'openapi: 3.1.0 # half');
  await page.waitForTimeout(600);
  await page.reload();
  await expect(page.locator('textarea[name=description]')).toHaveValue('openapi: 3.1.0 # half');
});

test('what was chosen and typed before the page came alive stays @hydrated', async ({ page }) => {
  let release = () => {};
  const typed = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await typed;
    await route.continue();
  });
  await page.goto('/new/test-suite', { waitUntil: 'commit' });
  await page.getByText('URL', { exact: true }).click();
  await page.locator('input[name=url]').fill('http://127.0.0.1/openapi.json');
  release();
  // Checked by script, as soon as there is one.
  await expect(page.locator('#outcome')).toContainText(/loopback/);
  await expect(page.getByRole('radio', { name: 'URL' })).toBeChecked();
  await expect(page.locator('input[name=url]')).toHaveValue('http://127.0.0.1/openapi.json');
  await page.getByText('Paste', { exact: true }).click();
  await expect(page.locator('textarea[name=description]')).toBeVisible();
});
