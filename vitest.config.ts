import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./tools/closing-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          maxWorkers: 2,
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
          include: ["*/src/**/*.test.ts", "tools/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "end-to-end",
          include: ["test/**/*.test.ts"],
          // Each file has a cluster of its own and waits for it most of the time: two cores carry four of them.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
