/** Being told: the tab's title, a notification for whoever looks elsewhere, the account's webhooks, and mail to an address that was confirmed. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createMailServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures.ts';
import { completes, description, reaches, upload } from './story.ts';

const SLOW = { queue: { step_delay_ms: 100 } };

interface Shown {
  title: string;
  body: string;
  tag: string;
}

/** Records notifications instead of showing them; whether the page is looked at is the test's to say. */
async function record(page: Page, answer?: NotificationPermission): Promise<void> {
  await page.addInitScript((answer) => {
    const world = window as unknown as { shown: Shown[]; away: boolean; asked: number; last?: Notification };
    world.shown = [];
    world.away = false;
    world.asked = 0;
    Object.defineProperty(document, 'hidden', { get: () => world.away });
    const Real = window.Notification;
    class Recorded extends EventTarget {
      onclick: unknown = null;
      constructor(title: string, options: NotificationOptions) {
        super();
        world.shown.push({ title, body: options.body ?? '', tag: options.tag ?? '' });
        world.last = this as unknown as Notification;
      }
      static get permission() {
        return answer && world.asked > 0 ? answer : answer ? 'default' : Real.permission;
      }
      static requestPermission() {
        world.asked += 1;
        return answer ? Promise.resolve(answer) : Real.requestPermission();
      }
      close() {}
    }
    Object.defineProperty(window, 'Notification', { value: Recorded, configurable: true, writable: true });
  }, answer);
}

const shown = (page: Page) => page.evaluate(() => (window as unknown as { shown: Shown[] }).shown);
const away = (page: Page, away: boolean) => page.evaluate((away) => void ((window as unknown as { away: boolean }).away = away), away);
const button = (page: Page) => page.getByRole('button', { name: 'Tell me when it is done' });

test('who looks elsewhere is told once, who looks is not @hydrated', async ({ page, context, startServer }) => {
  // Three runs, each long enough to be watched.
  test.slow();
  const server = await startServer(SLOW);
  await context.grantPermissions(['notifications'], { origin: server.url });
  await record(page);
  const task = await upload(page, description(30), server.url);
  await expect(page).toHaveTitle(/^\d+ % · Test suite for Story API/);
  await expect(button(page)).toHaveAttribute('aria-pressed', 'false');
  expect(await page.evaluate(() => (window as unknown as { asked: number }).asked), 'nothing is asked for on load').toBe(0);
  await button(page).click();
  await expect(button(page)).toHaveAttribute('aria-pressed', 'true');
  await away(page, true);
  // What is fading out when axe looks would have too little contrast.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await completes(page);
  await expect(page).toHaveTitle('Done · Test suite for Story API – Livegen');
  await expect.poll(() => shown(page)).toEqual([
    { title: 'Done · Test suite for Story API', body: expect.stringContaining('complete'), tag: task },
  ]);
  const focused = await page.evaluate(() => {
    const world = window as unknown as { last: { onclick: (event: Event) => void }; came?: boolean };
    window.focus = () => void (world.came = true);
    world.last.onclick(new Event('click'));
    return world.came;
  });
  expect(focused, 'a click brings the tab back').toBe(true);
  await expect(button(page)).toBeHidden();

  // The choice is remembered; and who looks needs no notification.
  await upload(page, description(20), server.url);
  await expect(button(page)).toHaveAttribute('aria-pressed', 'true');
  await completes(page);
  expect(await shown(page)).toEqual([]);

  // Taken back, it stays so.
  const third = await upload(page, description(25), server.url);
  await button(page).click();
  await expect(button(page)).toHaveAttribute('aria-pressed', 'false');
  await away(page, true);
  await completes(page);
  expect(await shown(page)).toEqual([]);
  await page.goto(`${server.url}/tasks/${third}`);
  await completes(page);
  await expect(button(page)).toBeHidden();
});

test('a browser that refuses is said so kindly @hydrated', async ({ page, startServer }) => {
  const server = await startServer(SLOW);
  await record(page, 'denied');
  await upload(page, description(35), server.url);
  await button(page).click();
  await expect(page.getByText('Your browser shows no notifications of this site')).toBeVisible();
  await expect(button(page)).toHaveAttribute('aria-pressed', 'false');
  await away(page, true);
  await completes(page);
  expect(await shown(page)).toEqual([]);
});

test('without the means there is no such button, and it is said why @hydrated', async ({ page, startServer }) => {
  const server = await startServer(SLOW);
  await page.addInitScript(() => Reflect.deleteProperty(window, 'Notification'));
  await upload(page, description(40), server.url);
  await reaches(page, 10);
  await expect(button(page)).toBeHidden();
  await expect(page.getByText('This browser has no notifications. The title of this tab tells you when it is done.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await completes(page);
  await expect(page.getByText('This browser has no notifications')).toBeHidden();
});

test('a page that came unprotected, and a browser that refused before, are said so @hydrated', async ({ page, startServer }) => {
  const server = await startServer(SLOW);
  await page.addInitScript(() => {
    if (location.hash === '#unprotected') Object.defineProperty(window, 'isSecureContext', { value: false });
    else Object.defineProperty(window.Notification, 'permission', { get: () => 'denied' });
  });
  const task = await upload(page, description(60), server.url);
  await expect(page.getByText('Your browser shows no notifications of this site')).toBeVisible();
  await expect(button(page)).toBeHidden();
  await page.goto('about:blank');
  await page.goto(`${server.url}/tasks/${task}#unprotected`);
  await expect(page.getByText('Notifications need HTTPS.')).toBeVisible();
  await expect(button(page)).toBeHidden();
});

test('a webhook is added, tested and removed on the account page', async ({ page, startServer }) => {
  const server = await startServer({ webhooks: { allow_private: true } });
  const received: IncomingMessage[] = [];
  const receiver = createServer((request, response) => {
    received.push(request);
    request.resume();
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/told`;

  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${server.url}/account`);
  await expect(page.getByRole('heading', { name: 'Webhooks' })).toBeHidden();
  await page.locator('#register-email').fill('ada@example.org');
  await page.locator('#register-password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.locator('#webhook-url').fill('http://169.254.169.254/');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await expect(page.getByRole('alert')).toContainText('nothing is sent there');
  await expect(page.locator('#webhook-url')).toHaveValue('http://169.254.169.254/');
  await page.locator('#webhook-url').fill(url);
  await page.locator('#webhook-description').fill('the chat');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  await expect(page.locator('.fresh-key')).toContainText(/^whsec_/);
  await page.getByRole('button', { name: 'Test: the chat' }).click();
  await expect(page.getByText('Last: test.ping, arrived')).toBeVisible();
  await expect(page.locator('.fresh-key')).toHaveCount(0);
  expect(received.map((request) => request.url)).toEqual(['/told']);
  expect(await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 0)).toBeLessThanOrEqual(360);

  await upload(page, description(2), server.url);
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(2);
  await page.goto(`${server.url}/account`);
  await expect(page.getByText('Last: task.completed, arrived')).toBeVisible();
  await page.getByRole('button', { name: 'Remove: the chat' }).click();
  await expect(page.getByText('There are no webhooks.')).toBeVisible();
  receiver.close();
});

/** A mail server that takes everything; what it took, as it is read. */
async function takeMails(): Promise<{ url: string; mails: string[]; close: () => void }> {
  const mails: string[] = [];
  const converse = (socket: Socket) => {
    let heard = '';
    let text: string | undefined;
    socket.on('error', () => {}).write('220 here\r\n');
    socket.on('data', (bytes) => {
      heard += bytes;
      for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
        const line = heard.slice(0, end);
        heard = heard.slice(end + 2);
        if (text === undefined) {
          if (line === 'DATA') text = '';
          socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
        } else if (line === '.') {
          mails.push(text.replaceAll('=\r\n', '').replaceAll('=3D', '='));
          text = undefined;
          socket.write('250 taken\r\n');
        } else {
          text += `${line}\r\n`;
        }
      }
    });
  };
  const server = createMailServer(converse).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`, mails, close: () => server.close() };
}

test('an address is confirmed by the link in a mail, and then mailed to', async ({ page, startServer }) => {
  const postbox = await takeMails();
  const server = await startServer({ mail: { url: postbox.url, from: 'livegen@example.org' } });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${server.url}/account`);
  await expect(page.getByRole('heading', { name: 'Mail' })).toBeHidden();
  await page.locator('#register-email').fill('ada@example.org');
  await page.locator('#register-password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('ada@example.org is not confirmed.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mail me when a task ends' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Send the confirmation again' }).click();
  await expect(page.getByRole('alert')).toContainText('once a minute');
  await expect.poll(() => postbox.mails.length).toBe(1);

  const link = /http:\/\/\S+\/account\/confirm\?token=\w+/.exec(postbox.mails[0])?.[0];
  await page.goto(link ?? 'no link');
  await expect(page.getByText('Is ada@example.org your address')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 0)).toBeLessThanOrEqual(360);
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(page.getByText('The address is confirmed.')).toBeVisible();
  await page.goto(link ?? 'no link');
  await expect(page.getByRole('alert')).toContainText('not good');
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('button', { name: 'Mail me when a task ends' }).click();
  await expect(page.getByRole('button', { name: 'Stop mailing me' })).toBeVisible();

  const task = await upload(page, description(2), server.url);
  await expect.poll(() => postbox.mails.length, { timeout: 20_000 }).toBe(2);
  expect(postbox.mails[1]).toContain(`${server.url}/tasks/${task}`);
  postbox.close();
});
