import { defineConfig } from "vitest/config"

const conditions = ["@chatferry/source"]

// Starting a program takes half as long when what Node has compiled is kept.
const env = { NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/compiled` }

const packages = "packages/*/test/**/*.test.ts"
const across = "test/*.test.ts"
const fast = {
  globalSetup: [`${import.meta.dirname}/test/temporary.setup.ts`],
  setupFiles: [`${import.meta.dirname}/test/properties.setup.ts`],
  // Loading the modules again for each file takes as long as half of the tests.
  isolate: false
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
