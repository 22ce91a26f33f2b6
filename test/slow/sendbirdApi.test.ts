import { it } from "@effect/vitest"
import { comesComplete } from "../everyFault.ts"

it.live(
  "twelve weeks come over complete with every fault at twenty percent, and no window twice",
  () => comesComplete({ weeks: 12, share: 0.2 }),
  120_000
)

it.live(
  "five years in 261 windows come over complete with every fault at ten percent, and no window twice",
  () => comesComplete({ weeks: 261, share: 0.1 }),
  600_000
)
