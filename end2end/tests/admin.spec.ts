/** The pages for admins: plain forms, the same with script and without; for everybody else there are none. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Server } from '../fixtures.ts';

const PASSWORD = 'correct horse battery';

const address = (name: string) => `${name}${Date.now()}${Math.round(Math.random() * 1e6)}@example.org`;

async function admin(page: Page, server: Server): Promise<string> {
  const email = address('root');
  await server.command(['accounts', 'add', email, '--admin'], PASSWORD);
  await page.goto('/account');
  await page.locator('#sign-in-email').fill(email);
  await page.locator('#sign-in-password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: email })).toBeVisible();
  return email;
}

test('an admin finds an account, changes it, and reads who did it', async ({ page, server }) => {
  const ada = address('ada');
  await server.command(['accounts', 'add', ada], PASSWORD);
  const own = await admin(page, server);
  await page.getByRole('link', { name: "Everybody's accounts" }).click();
  await page.getByLabel('E-mail address, or a part of it').fill(ada.toUpperCase());
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
  await page.getByRole('link', { name: ada }).click();
  await expect(page.getByRole('heading', { name: ada })).toBeVisible();

  await page.getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText('User, disabled, made')).toBeVisible();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByLabel('Tokens to give').fill('many');
  await page.getByRole('button', { name: 'Give' }).click();
  await expect(page.getByRole('alert')).toContainText('a whole number');
  await page.getByLabel('Tokens to give').fill('-1000');
  await page.getByRole('button', { name: 'Give' }).click();
  await expect(page.getByText('999,999,000')).toBeVisible();
  await page.getByLabel('Until, such as').fill('2027-01-31');
  await page.getByRole('button', { name: 'Set' }).click();
  await expect(page.getByLabel('Until, such as')).toHaveValue('2027-01-31');
  await expect(page.getByRole('listitem').first()).toContainText('subscription set: until 2027-01-31');
  await page.getByRole('link', { name: 'Record', exact: true }).click();
  await expect(page.getByRole('main').getByRole('listitem').filter({ hasText: 'account disabled' }).filter({ hasText: ada })).toContainText(`by ${own}`);
  // None of the program is loaded for it.
  expect(await page.locator('script[type=module], script[src], link[rel=modulepreload]').count()).toBe(0);
});

test('for whoever is no admin there is no such page', async ({ page }) => {
  await page.goto('/account');
  await expect(page.getByRole('link', { name: "Everybody's accounts" })).toHaveCount(0);
  for (const path of ['/admin', '/admin/audit']) {
    expect((await page.goto(path))?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  }
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the pages for admins in ${scheme} @hydrated`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    const email = await admin(page, server);
    for (const path of ['/account', '/admin', `/admin?email=${email}`, '/admin/audit']) {
      await page.goto(path);
      expect((await new AxeBuilder({ page }).analyze()).violations, path).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
    }
    await page.goto(`/admin?email=${email}`);
    await page.getByRole('link', { name: email }).click();
    await expect(page.getByRole('button', { name: 'Make it a user' })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole('button', { name: 'Make it a user' }).click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
}
