import { defineConfig } from "vitest/config"

const conditions = ["@chatferry/source"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["packages/*/test/**/*.test.ts"], testTimeout: 60_000 }
      },
      { extends: true, test: { name: "e2e", include: ["test/*.test.ts"], testTimeout: 120_000 } },
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
