/** The account's page: plain forms, the same with script and without. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures.ts';
import { completes, description, upload } from './story.ts';

const PASSWORD = 'correct horse battery';

test('register, make a key, sign out, sign in: the tasks come along', async ({ page, request }) => {
  const email = `ada${Date.now()}${Math.round(Math.random() * 1e6)}@example.org`;
  const task = await upload(page, description(3));
  await completes(page);
  await page.locator('.footer').getByRole('link', { name: 'Account' }).click();
  await expect(page.getByText('You are a guest')).toBeVisible();

  await page.locator('#register-email').fill(email);
  await page.locator('#register-password').fill('correcthor');
  await page.locator('#register-email').fill('ada@nowhere');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByRole('alert')).toContainText('no e-mail address');
  await expect(page.locator('#register-email')).toHaveValue('ada@nowhere');
  await page.locator('#register-email').fill(email);
  await page.locator('#register-password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByRole('heading', { name: email })).toBeVisible();

  await page.locator('#key-name').fill('laptop');
  await page.getByRole('button', { name: 'Make a key' }).click();
  const key = await page.locator('.fresh-key').innerText();
  expect(key).toMatch(/^lg_[0-9a-f]{64}$/);
  const base = new URL(page.url()).origin;
  const asProgram = () => request.get(`${base}/api/v1/tasks/${task}`, { headers: { authorization: `Bearer ${key}` } });
  expect((await asProgram()).status()).toBe(200);
  await page.getByRole('button', { name: 'Revoke laptop' }).click();
  await expect(page.getByText('There are no keys.')).toBeVisible();
  expect((await asProgram()).status()).toBe(401);

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByText('You are a guest')).toBeVisible();
  expect((await page.goto(`/tasks/${task}`))?.status()).toBe(404);
  await page.goto('/account');
  await page.locator('#sign-in-email').fill(email);
  await page.locator('#sign-in-password').fill('wrong horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('is wrong');
  await page.locator('#sign-in-password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: email })).toBeVisible();
  expect((await page.goto(`/tasks/${task}`))?.status()).toBe(200);
  await page.goto('/account');
  // None of the program is loaded for it.
  expect(await page.locator('script[type=module], script[src], link[rel=modulepreload]').count()).toBe(0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the account's page in ${scheme} @hydrated`, async ({ page }) => {
    const fine = async () => {
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    };
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/account');
    await fine();
    await page.locator('#register-email').fill(`bob${scheme}${Date.now()}@example.org`);
    await page.locator('#register-password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Register' }).click();
    await page.locator('#key-name').fill('laptop');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await expect(page.locator('.fresh-key')).toBeVisible();
    await fine();
  });
}
