/** Whatever breaks between browser and server: the page says so, comes back by itself, and the log has each seq once. @hydrated */
import { expect, test } from '../fixtures.ts';
import { Wire, completes, description, neverFalls, pill, reaches, recordBar, showsWholeLog, upload } from './story.ts';

test.describe('@hydrated', () => {
  test('the connection breaks at half-way and comes back', async ({ page, startServer }) => {
    const server = await startServer({ queue: { step_delay_ms: 150 } });
    const wire = await Wire.to(server.url);
    const task = await upload(page, description(40), wire.url);
    const seen = await recordBar(page);
    await expect(pill(page)).toHaveAttribute('data-link', 'live');
    await reaches(page, 30);
    // Until it was seen: chance may bring the page back at once.
    wire.down();
    await expect(pill(page)).toHaveAttribute('data-link', 'reconnecting', { timeout: 2_000 });
    await expect(pill(page)).toContainText(/reconnecting/i);
    wire.mend();
    await expect(pill(page)).toHaveAttribute('data-link', 'live', { timeout: 15_000 });
    await completes(page);
    neverFalls(await seen());
    await showsWholeLog(page, wire.url, task);
    wire.close();
  });

  test('offline and online again', async ({ page, context, startServer }) => {
    const server = await startServer({ queue: { step_delay_ms: 150 } });
    const wire = await Wire.to(server.url);
    const task = await upload(page, description(40), wire.url);
    await reaches(page, 25);
    // Playwright's offline mode leaves open sockets open: the wire takes them down.
    wire.down();
    await context.setOffline(true);
    await expect(pill(page)).toHaveAttribute('data-link', 'offline', { timeout: 5_000 });
    wire.mend();
    await context.setOffline(false);
    await expect(pill(page)).toHaveAttribute('data-link', /live|ended/, { timeout: 5_000 });
    await completes(page);
    await showsWholeLog(page, wire.url, task);
    wire.close();
  });

  test('“Reconnect now” does not wait', async ({ page, startServer }) => {
    const server = await startServer({ queue: { step_delay_ms: 300 } });
    const wire = await Wire.to(server.url);
    await upload(page, description(40), wire.url);
    await expect(pill(page)).toHaveAttribute('data-link', 'live');
    wire.down();
    await expect(pill(page)).toHaveAttribute('data-link', 'reconnecting');
    // Until the pauses are long enough to be told from no pause.
    await page.waitForTimeout(5_000);
    await expect(page.getByRole('button', { name: 'Reconnect now' }).first()).toBeVisible();
    wire.mend();
    await page.getByRole('button', { name: 'Reconnect now' }).first().evaluate((button: HTMLElement) => button.click());
    await expect(pill(page)).toHaveAttribute('data-link', 'live', { timeout: 2_000 });
    wire.close();
  });

  test('the server is killed and started again, and the page goes on by itself', async ({ page, startServer }) => {
    const server = await startServer({ queue: { step_delay_ms: 150 } });
    const task = await upload(page, description(40), server.url);
    const seen = await recordBar(page);
    await reaches(page, 30);
    await server.kill();
    await expect(pill(page)).toHaveAttribute('data-link', 'reconnecting', { timeout: 2_000 });
    await server.start();
    await completes(page);
    await expect(page.locator('.facts')).toContainText('attempt 2');
    neverFalls(await seen());
    await showsWholeLog(page, server.url, task);
  });

  test('where WebSockets do not get through, the page is live all the same', async ({ page, startServer }) => {
    const server = await startServer({ queue: { step_delay_ms: 400 } });
    await page.routeWebSocket(/\/live/, (socket) => socket.close({ code: 1011 }));
    const task = await upload(page, description(100), server.url);
    // Five attempts with growing pauses, then down the ladder; the page never stops being right meanwhile.
    await expect(pill(page)).toHaveAttribute('data-link', /live|polling/, { timeout: 45_000 });
    const before = await page.locator('progress.bar').first().getAttribute('value');
    await expect.poll(() => page.locator('progress.bar').first().getAttribute('value'), { timeout: 15_000 }).not.toBe(before);
    expect(task).toHaveLength(36);
  });
});
