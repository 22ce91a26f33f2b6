import { defineConfig } from "vitest/config"

const conditions = ["@chatferry/source"]

// Programs start faster when Node keeps what it has compiled and where it has found modules.
const env = {
  NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/compiled`,
  NODE_OPTIONS: `--import=${new URL("test/resolved.preload.ts", import.meta.url).href}`
}

// Tests open thousands of files, each with large buffers. By default, V8 collects garbage for every 64 MB of them.
const memory = [
  "--external-memory-accounted-in-global-limit",
  "--initial-old-space-size=400",
  "--max-semi-space-size=32"
]

const packages = "packages/*/test/**/*.test.ts"
const across = "test/*.test.ts"
const fast = {
  globalSetup: [`${import.meta.dirname}/test/temporary.setup.ts`],
  setupFiles: [`${import.meta.dirname}/test/properties.setup.ts`],
  // Loading the modules again for each file takes as long as half of the tests.
  isolate: false,
  execArgv: memory
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // By default one processor is left idle, which is half of a small machine.
    maxWorkers: "100%",
    env,
    tags: [{ name: "property", description: "holds for all values that are drawn" }],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [packages],
          testTimeout: 60_000,
          ...fast
        }
      },
      {
        extends: true,
        test: { name: "e2e", include: [across], testTimeout: 120_000, ...fast }
      },
      {
        extends: true,
        test: {
          name: "properties",
          include: [packages, across],
          env: { PROPERTIES: "many" },
          ...fast
        }
      },
      {
        extends: true,
        test: {
          name: "mutants",
          include: ["packages/testkit/test/mutants/*.mutants.ts"],
          testTimeout: 180_000
        }
      },
      { extends: true, test: { name: "slow", include: ["test/slow/*.test.ts"] } }
    ]
  }
})
