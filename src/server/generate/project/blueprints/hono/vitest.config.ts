import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: ".cache",
  test: {
    include: ["tests/**/*.test.ts"],
{% if postgres %}
    // One process for all files: they share its database, which each test empties.
    fileParallelism: false,
{% else %}
    // One process for all files of a worker: they share its database, which each test empties.
{% endif %}
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: {
      include: ["src/**"],
      // Where programs begin; README.md has their commands.
      exclude: ["src/main.ts", "src/migrate.ts", "src/seed.ts"],
      reporter: ["text", "text-summary"],
      thresholds: { lines: 80 },
    },
  },
});
