/**
 * Every test runs twice: as people use the page (`hydrated`), and with JavaScript off (`no-js`). A word in its title says
 * where that makes no sense: `@hydrated` and `@no-js` run in one of the two, `@server` (no page in it) once. Tests start
 * their servers themselves.
 */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.CHROMIUM ?? candidates.find((path) => existsSync(path));

export default defineConfig({
  testDir: './tests',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // A test that passes only the second time is a test that fails.
  retries: 0,
  reporter: [['list']],
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      // No sandbox, because root has none; the rest keeps the browser from calling home.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'hydrated', grepInvert: /@no-js/ },
    { name: 'no-js', grepInvert: /@hydrated|@server/, use: { javaScriptEnabled: false } },
  ],
});
