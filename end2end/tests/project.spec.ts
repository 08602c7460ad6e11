/** A project from a brief to an edited file that outlives the next run: with JavaScript and without. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { completes } from './story.ts';

const UNVERIFIED = { project: { verify: false } };

/** Drafts a model of a brief and generates it. */
async function generate(page: Page, base: string, brief = 'a library: books with title and year, authors with name'): Promise<string> {
  await page.goto(`${base}/new/project`);
  await page.locator('textarea[name=brief]').fill(brief);
  await page.getByRole('button', { name: 'Draft the model' }).click();
  await expect(page.locator('textarea[name=text]')).toHaveValue(/entity Book/);
  await page.getByRole('button', { name: 'Generate project' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  return page.url().replace(/.*\/tasks\//, '').slice(0, 36);
}

/** On the page of a file's text: changes it and saves. */
async function edit(page: Page, from: string, to: string): Promise<void> {
  const area = page.locator('textarea[name=content]');
  const text = await area.inputValue();
  expect(text).toContain(from);
  await area.fill(text.replace(from, to));
  await page.getByRole('button', { name: 'Save and generate again' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  await completes(page);
}

test('brief, model, agents, files; an edit is kept and what differs is shown', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  await generate(page, server.url);
  await completes(page);
  await expect(page.locator('.agent')).toHaveCount(12);
  for (const agent of await page.locator('.agent').all()) await expect(agent).toHaveAttribute('data-state', 'completed');
  await expect(page.locator('.gates')).toContainText('Not verified here');
  await page.locator('.tree a', { hasText: 'README.md' }).first().click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await edit(page, '# ', '# Our own ');
  // Nothing but who wrote it, and the end, worked again.
  await expect(page.locator('.agent', { hasText: 'Carried over' })).toHaveCount(9);

  // Another choice: everything but the model is made anew, and the edit is still there.
  await page.getByRole('link', { name: 'Change…' }).click();
  await expect(page.getByLabel('README.md')).toBeChecked();
  await page.getByLabel('Dockerfile').uncheck();
  await page.getByRole('button', { name: 'Generate again' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  await completes(page);
  await expect(page.locator('.tree')).not.toContainText('Dockerfile');
  await page.locator('.tree a', { hasText: 'README.md' }).first().click();
  await expect(page.locator('pre.code').first()).toContainText('# Our own');

  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Changes' }).click();
  await page.locator('.changes a', { hasText: 'Dockerfile' }).click();
  await expect(page.locator('.diff tr[data-change=removed]').first()).toContainText('FROM');
});

test('where an edit and the generator meet, both sides are shown', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  const first = await generate(page, server.url);
  await completes(page);
  await page.goto(`${server.url}/tasks/${first}/edit?file=app/models/book.py`);
  const line = (await page.locator('textarea[name=content]').inputValue()).split('\n').find((text) => text.includes('title'))!;
  await edit(page, line, `${line}  # ours`);
  await page.getByRole('link', { name: 'Change…' }).click();
  const model = page.locator('textarea[name=text]');
  await model.fill((await model.inputValue()).replace(/title string.*/, 'title string required maxlength(77)'));
  await page.getByRole('button', { name: 'Generate again' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  await completes(page);
  const conflicts = page.locator('.conflicts');
  await expect(conflicts).toContainText('app/models/book.py');
  await expect(conflicts.locator('pre').first()).toContainText('# ours');
  await expect(conflicts.locator('pre').nth(1)).toContainText('77');
});

test('agents are seen at work, side by side @hydrated', async ({ page, startServer }) => {
  const server = await startServer({ ...UNVERIFIED, queue: { step_delay_ms: 120 } });
  await generate(page, server.url);
  await expect.poll(() => page.locator('.agent[data-state=running]').count(), { timeout: 30_000, intervals: [50] }).toBeGreaterThan(1);
  const running = page.locator('.agent[data-state=running]').first();
  await expect(running.getByRole('progressbar')).toBeVisible();
  await completes(page);
  await expect(page.locator('.agent[data-state=completed]')).toHaveCount(12);
});

test('a description is the start of a model', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  await page.goto(`${server.url}/new/project`);
  await page.getByText('Or start from an OpenAPI description').click();
  await page.locator('textarea[name=description]').fill(
    'openapi: 3.0.3\ninfo: {title: Zoo, version: "1"}\npaths:\n  /animals:\n    get:\n      responses: {"200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Animal"}}}}}}\n    post:\n      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}\n      responses: {"201": {description: made}}\ncomponents:\n  schemas:\n    Animal:\n      type: object\n      required: [name]\n      properties:\n        name: {type: string, maxLength: 40}\n',
  );
  await page.getByRole('button', { name: 'Make a model of it' }).click();
  await expect(page.locator('textarea[name=text]')).toHaveValue(/entity Animal/);
});

test('the form, the text and JSON are one model @hydrated', async ({ page, startServer }) => {
  const server = await startServer(UNVERIFIED);
  await page.goto(`${server.url}/new/project`);
  await page.waitForLoadState('networkidle');
  const text = page.locator('textarea[name=text]');
  await text.fill('entity Book {\n  title string required\n}\n');
  await page.getByText('Model as a form, or as JSON').click();
  const field = page.locator('#field-0-0');
  await expect(field).toHaveValue('title');
  await field.fill('name');
  await expect(text).toHaveValue(/name string required/);
  await page.getByRole('button', { name: 'Add a field' }).click();
  await expect(page.locator('#field-0-1')).toBeFocused();
  await page.locator('#field-0-1').fill('pageCount');
  // What is wrong is said beside the field that it is about.
  await expect(page.locator('.model-field').nth(1).locator('.field-error')).toContainText('page_count');
  await page.locator('#field-0-1').fill('pages');
  await expect(text).toHaveValue(/pages string/);
  await expect(page.locator('.field-error:visible')).toHaveCount(0);
  await page.locator('.model-form').getByText('JSON', { exact: true }).click();
  await page.locator('#model-json').fill('{"name":"Zoo","entities":[{"name":"Animal","fields":[{"name":"name","type":"string"}]}]}');
  await page.getByRole('button', { name: 'Take this model' }).click();
  await expect(text).toHaveValue(/entity Animal/);
  await page.locator('#model-json').fill('{"name":1}');
  await page.getByRole('button', { name: 'Take this model' }).click();
  await expect(page.locator('.model-form .note-bad').first()).toContainText('no model');
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on a project's pages in ${theme} @hydrated`, async ({ page, startServer }) => {
    test.slow();
    const server = await startServer(UNVERIFIED);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const first = await generate(page, server.url);
    await completes(page);
    await page.goto(`${server.url}/tasks/${first}/edit?file=README.md`);
    await edit(page, '# ', '# Our own ');
    const last = page.url().slice(-36);
    for (const path of [`/tasks/${last}`, `/tasks/${last}/fork`, `/tasks/${last}/edit?file=README.md`, `/tasks/${last}/changes?file=README.md`, '/new/project']) {
      await page.goto(`${server.url}${path}`);
      await page.waitForLoadState('networkidle');
      // Everything that can be opened is open.
      await page.locator('main details').evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')));
      const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      expect(found.violations.map((violation) => `${path}: ${violation.id} ${violation.nodes.map((node) => node.target).join(' ')}`)).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.locator('html').evaluate((html) => html.scrollWidth), path).toBeLessThanOrEqual(360);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });
}
