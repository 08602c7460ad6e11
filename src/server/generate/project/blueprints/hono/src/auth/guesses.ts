/** Wrong passwords are counted: whoever guesses has to wait. In the memory of this process, and bounded. */

const WINDOW_MS = 15 * 60 * 1000;
export const MOST_KEYS = 10_000;

type Count = { count: number; since: number };

/** Counts wrong passwords for each account and address, and for each address. */
export class Guesses {
  // The oldest are forgotten first.
  readonly #seen = new Map<string, Count>();

  constructor(
    readonly perAccount: number,
    readonly perAddress: number,
  ) {}

  get size(): number {
    return this.#seen.size;
  }

  /** Seconds until the next guess is looked at; 0 if it is now. */
  wait(email: string, address: string): number {
    const { account, whole } = keys(email, address);
    return Math.max(this.#wait(account, this.perAccount), this.#wait(whole, this.perAddress));
  }

  /** Counts a wrong guess. */
  add(email: string, address: string): void {
    const now = performance.now();
    for (const key of Object.values(keys(email, address))) {
      const seen = this.#seen.get(key);
      const known = seen && now - seen.since <= WINDOW_MS ? seen : { count: 0, since: now };
      this.#seen.delete(key);
      this.#seen.set(key, { count: known.count + 1, since: known.since });
    }
    for (const key of this.#seen.keys()) {
      if (this.#seen.size <= MOST_KEYS) {
        break;
      }
      this.#seen.delete(key);
    }
  }

  /** The right password was given. */
  forget(email: string, address: string): void {
    this.#seen.delete(keys(email, address).account);
  }

  #wait(key: string, most: number): number {
    const seen = this.#seen.get(key);
    const left = seen ? seen.since + WINDOW_MS - performance.now() : 0;
    return seen && seen.count >= most && left > 0 ? Math.ceil(left / 1000) : 0;
  }
}

function keys(email: string, address: string) {
  return { account: JSON.stringify([email, address]), whole: JSON.stringify([address]) };
}
