import { it } from "@effect/vitest"
import { comesComplete } from "./everyFault.ts"

// Five years with every fault at ten percent: npx -y pnpm@12 test:scale
it.live("twelve weeks come over complete with every fault at twenty percent, and no window twice", () =>
  comesComplete({ weeks: 12, share: 0.2 })
)
