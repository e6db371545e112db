import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // The files of a worker share what is costly to start: Chromium, above all.
    isolate: false,
    // Whenever the tests run it is evening in Madrid, two digits of hours as in "10:02 PM", in a month with a long name.
    env: { MOCK_NOW: "2026-09-30T22:02:00+02:00" },
  },
});
