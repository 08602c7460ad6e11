/** The front end's files are served, and may load nothing from elsewhere. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../src/settings.js";
import { anonymous } from "./support.js";

const FOLDER = join(ROOT, "web");
const FILES = readdirSync(FOLDER);
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

test("the page names only files that are there", async () => {
  const page = await anonymous.get("/");
  expect(page).toMatchObject({ status: 200 });
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  const paths = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
  expect(paths.length).toBeGreaterThanOrEqual(3);
  for (const path of paths) {
    expect(await anonymous.get(path), path).toMatchObject({ status: 200 });
  }
});

test("nothing else is served", async () => {
  for (const path of [
    "/static/../package.json",
    "/static/%2e%2e/package.json",
    "/static/nothing",
  ]) {
    expect(await anonymous.get(path), path).toMatchObject({ status: 404 });
  }
});

test.each(FILES)("%s loads and writes nothing foreign", (file) => {
  const text = read(file).replace("http://www.w3.org/2000/svg", "");
  expect(text).not.toMatch(/https?:\/\//);
  expect(text).not.toContain("//cdn");
  expect(text).not.toContain("innerHTML");
  expect(text).not.toContain("eval(");
});

test("modules import files that are there", () => {
  for (const file of FILES.filter((name) => name.endsWith(".js"))) {
    for (const [, imported] of read(file).matchAll(/from "\.\/([^"]+)"/g)) {
      expect(FILES).toContain(imported);
    }
  }
});
