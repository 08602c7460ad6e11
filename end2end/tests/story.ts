/** Steps that several stories share: starting a generation, reading its log, a network that can be cut. */
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, type APIRequestContext, type Page } from '@playwright/test';

/** An OpenAPI description with as many operations as a story needs. */
export function description(operations: number, title = 'Story API'): string {
  const paths = Array.from({ length: operations }, (_, n) => [
    `  /things${n}:`,
    '    get:',
    `      operationId: getThing${n}`,
    `      tags: [group ${Math.floor(n / 5)}]`,
    '      parameters:',
    '        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }',
    '      responses:',
    "        '200': { description: ok, content: { application/json: { schema: { type: object } } } }",
  ].join('\n'));
  return `openapi: 3.0.3\ninfo: { title: ${title}, version: '1' }\npaths:\n${paths.join('\n')}\n`;
}

/** Uploads a description on the form and waits for the task's page. Works with JavaScript and without. */
export async function upload(page: Page, text: string, base = ''): Promise<string> {
  await page.goto(`${base}/new/test-suite`);
  await page.locator('form input[type=file][name=file]').setInputFiles({ name: 'story.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await page.locator('form button.primary').click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}/);
  return page.url().replace(/.*\/tasks\//, '').slice(0, 36);
}

export const bar = (page: Page) => page.getByRole('progressbar', { name: 'Progress of the task' });
export const pill = (page: Page) => page.locator('#connection');

export async function percent(page: Page): Promise<number> {
  return Number(await bar(page).getAttribute('value'));
}

export async function reaches(page: Page, least: number): Promise<void> {
  await expect.poll(() => percent(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(least);
}

export async function completes(page: Page): Promise<void> {
  await expect(bar(page)).toHaveAttribute('value', '100', { timeout: 45_000 });
  await expect(page.getByRole('link', { name: 'Download ZIP' })).toBeVisible();
}

export interface TaskEvent {
  seq: number;
  type: string;
  progress?: number;
  message?: string;
}

/** The whole log as the server stores it. */
export async function storedLog(request: APIRequestContext, base: string, task: string): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  for (;;) {
    const answer = await request.get(`${base}/api/v1/tasks/${task}/events?after=${events.length}`, { headers: { accept: 'application/json' } });
    const page = (await answer.json()) as { events: TaskEvent[] };
    if (page.events.length === 0) return events;
    events.push(...page.events);
  }
}

/** The page shows each log line of the server once, in order, and none besides. */
export async function showsWholeLog(page: Page, base: string, task: string): Promise<void> {
  const stored = await storedLog(page.request, base, task);
  expect(stored.map((event) => event.seq)).toEqual(stored.map((_, index) => index + 1));
  expect(stored.filter((event) => event.type === 'completion').length).toBe(1);
  const expected = stored.filter((event) => event.type === 'log').map((event) => `L${event.seq}`);
  await expect.poll(() => page.locator('.log li[id]').evaluateAll((lines) => lines.map((line) => line.id))).toEqual(expected);
}

/** Records every value that the bar ever shows. */
export async function recordBar(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = [];
    (window as unknown as { seen: number[] }).seen = seen;
    const read = () => {
      const value = Number(document.querySelector('progress.bar')?.getAttribute('value') ?? -1);
      if (value >= 0 && seen.at(-1) !== value) seen.push(value);
    };
    read();
    new MutationObserver(read).observe(document.body, { subtree: true, attributes: true, childList: true });
  });
  return () => page.evaluate(() => (window as unknown as { seen: number[] }).seen);
}

export function neverFalls(values: number[]): void {
  expect(values).toEqual([...values].sort((a, b) => a - b));
}

/** A network between browser and server that can be cut without either of them knowing. */
export class Wire {
  #pairs = new Set<[Socket, Socket]>();
  #down = false;
  url = '';
  #server = createServer((near) => {
    if (this.#down) return void near.destroy();
    const far = connect(this.port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    for (const [one, other] of [pair, [far, near]] as [Socket, Socket][]) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  });

  private constructor(private port: number) {}

  static async to(target: string): Promise<Wire> {
    const wire = new Wire(Number(new URL(target).port));
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    wire.url = `http://127.0.0.1:${(wire.#server.address() as { port: number }).port}`;
    return wire;
  }

  /** Every open connection breaks; new ones work. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Nothing gets through until `mend`. */
  down(): void {
    this.#down = true;
    this.cut();
  }

  mend(): void {
    this.#down = false;
  }

  close(): void {
    this.down();
    this.#server.close();
  }
}

/** Gives a description as text, or its address: whether the page has been taken over yet or not. */
export async function give(page: Page, way: 'Paste' | 'URL', text: string): Promise<void> {
  const choice = page.locator('label.segment', { hasText: way });
  if (await choice.isVisible()) await choice.click();
  await page.locator(way === 'Paste' ? 'textarea[name=description]' : 'form input[name=url]').fill(text);
}
