/** Statements with their values apart, so that no value is ever read as SQL. */

/** A statement, or a part of one. Made by `sql`, `name` and `join` only. */
export class Sql {
  constructor(
    readonly texts: readonly string[],
    readonly values: readonly unknown[],
  ) {}

  /** With the sign that a database wants in the place of the nth value. */
  write(sign: (position: number) => string): string {
    return this.texts.reduce((text, next, position) => text + sign(position) + next);
  }
}

/** sql`SELECT * FROM books WHERE id = ${id}`: statements within it become part of it, all else its values. */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  const texts = [strings[0] ?? ""];
  const values: unknown[] = [];
  const append = (text: string) => {
    texts.push(`${texts.pop()}${text}`);
  };
  parts.forEach((part, at) => {
    if (part instanceof Sql) {
      append(part.texts[0] ?? "");
      texts.push(...part.texts.slice(1));
      values.push(...part.values);
      append(strings[at + 1] ?? "");
    } else {
      values.push(part);
      texts.push(strings[at + 1] ?? "");
    }
  });
  return new Sql(texts, values);
}

/** The name of a table or column. */
export function name(identifier: string): Sql {
  return new Sql([`"${identifier.replaceAll('"', '""')}"`], []);
}

export function join(parts: readonly Sql[], separator: Sql): Sql {
  return parts.reduce((whole, part) => sql`${whole}${separator}${part}`);
}

/** `a, b, c` */
export function list(parts: readonly Sql[]): Sql {
  return join(parts, sql`, `);
}
