/**
 * A Livegen of its own for a test: the release binary on a free port, with a new data folder.
 *
 * It can be stopped in order, killed as a power cut would, and started again on the same port and data. Whatever a test
 * started is ended, by its process id, when the test is over. What the server says goes into the report of a test that failed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const PROJECT = path.resolve(import.meta.dirname, '..');
const BINARY = process.env.LIVEGEN_BINARY ?? path.join(PROJECT, 'target/release/livegen');
const START_MS = 20_000;
const STOP_MS = 30_000;

/** Settings by section and key, as in Leptos.toml: `{ queue: { step_delay_ms: 200 } }`. */
export type Settings = Record<string, Record<string, string | number | boolean>>;

export class Server {
  /** Where it listens, without a slash at the end; the same after every restart. */
  url = '';
  /** Everything it has said so far, on both channels. */
  output = '';
  #process: ChildProcess | undefined;
  #address = '127.0.0.1:0';

  private constructor(
    readonly dataFolder: string,
    private settings: Settings,
  ) {}

  static async start(settings: Settings = {}): Promise<Server> {
    const server = new Server(await mkdtemp(path.join(tmpdir(), 'livegen-e2e-')), settings);
    try {
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it (again), perhaps with other settings or in another folder, and returns when it is ready to serve. */
  async start(settings: Settings = this.settings, cwd = PROJECT): Promise<void> {
    if (this.#process) throw new Error('the server runs already');
    this.settings = settings;
    const child = spawn(BINARY, ['serve'], { cwd, env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stderr.on('data', (text) => (this.output += text));
    const spawned = once(child, 'spawn');
    const address = new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.output += `${line}\n`;
        const found = /\bhttp:\/\/(\S+:\d+)/.exec(line);
        if (found) resolve(found[1]);
      });
      child.once('exit', (code, signal) => reject(new Error(`the server ended (${signal ?? code}) before it was ready:\n${this.output}`)));
      child.once('error', reject);
    });
    await spawned.catch(() => {});
    const late = sleep(START_MS).then(() => {
      throw new Error(`the server gave no address in ${START_MS} ms:\n${this.output}`);
    });
    this.#address = await Promise.race([address, late]);
    late.catch(() => {});
    this.url = `http://${this.#address}`;
    await this.#ready();
  }

  /** Runs the command line beside it, on its data: what it printed. */
  async command(args: string[], input = ''): Promise<string> {
    const child = spawn(BINARY, args, { cwd: PROJECT, env: this.#environment(), stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    child.stderr.on('data', (text) => (said += text));
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`livegen ${args.join(' ')} ended with ${code}:\n${said}`);
    return said;
  }

  /** Asks it to stop (SIGTERM) and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** `kill -9`: no time to finish anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it and removes its data. */
  async dispose(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server was not ready in ${START_MS} ms:\n${this.output}`);
      await sleep(25);
    }
  }

  /** This process' environment without what Livegen and Leptos read there, and then the test's settings. */
  #environment(): NodeJS.ProcessEnv {
    const foreign = (name: string) => !/^(LIVEGEN_|LEPTOS_|DATABASE_URL$|REDIS_UR[LI]$)|_API_KEY$/.test(name);
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => foreign(name)));
    const settings: Settings = {
      ...this.settings,
      server: { ...this.settings.server, addr: this.#address },
      database: { url: `sqlite://${this.dataFolder}/livegen.db`, ...this.settings.database },
    };
    for (const [section, keys] of Object.entries(settings)) {
      for (const [key, value] of Object.entries(keys)) {
        environment[`LIVEGEN_${section}_${key}`.toUpperCase()] = String(value);
      }
    }
    return environment;
  }
}
