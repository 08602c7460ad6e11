/** The API's page: made from the description, readable on every screen, with script and without. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures.ts';

test('an operation is found, its example and its shapes', async ({ page, request }) => {
  await page.goto('/');
  await page.getByRole('contentinfo').getByRole('link', { name: 'API' }).click();
  await expect(page.getByRole('heading', { name: /^Livegen API/ })).toBeVisible();
  const start = page.locator('#start_task');
  await start.locator('summary').click();
  const example = (await start.locator('pre').textContent()) ?? '';
  const made = await request.post('/api/v1/tasks', { data: JSON.parse(example) });
  expect(made.status(), 'the example works').toBe(201);
  await start.getByRole('link', { name: 'NewTask' }).click();
  await expect(page.locator('#shape-NewTask summary')).toBeInViewport();
  const described = await (await request.get('/api/openapi.json')).json();
  const operations = Object.values(described.paths as Record<string, Record<string, { operationId: string }>>).flatMap((item) => Object.values(item));
  for (const { operationId } of operations) {
    await expect(page.locator(`#${operationId}`)).toHaveCount(1);
  }
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the API's page in ${scheme} @hydrated`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/api');
    for (const id of ['start_task', 'read_events', 'shape-TaskSnapshot']) {
      await page.locator(`#${id} > summary`).click();
    }
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
}
