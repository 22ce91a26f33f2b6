import { it } from "@effect/vitest"
import { comesComplete } from "./everyFault.ts"

// Twelve weeks, and five years with every fault at ten percent: npx -y pnpm@12 test:scale
it.live("four weeks come over complete with every fault at twenty percent, and no window twice", () =>
  comesComplete({ weeks: 4, share: 0.2 })
)
