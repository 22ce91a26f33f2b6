import { defineConfig } from "vitest/config"

const conditions = ["@chatferry/source"]

// Starting a program takes half as long when what Node has compiled is kept.
const env = { NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/compiled` }

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // By default one processor is left idle, which is half of a small machine.
    maxWorkers: "100%",
    env,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts"],
          // Loading the modules again for each file takes as long as half of the tests.
          isolate: false,
          testTimeout: 60_000
        }
      },
      {
        extends: true,
        test: { name: "e2e", include: ["test/*.test.ts"], isolate: false, testTimeout: 120_000 }
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
