/** The possible results of a loss of power. */
import type { Loss } from "./disk.ts"
import type { Sweep } from "./results.ts"

export const losses: ReadonlyArray<readonly [Loss, string]> = [
  ["contents", "unsynced contents are gone"],
  ["zeros", "unsynced contents are NUL"],
  ["names", "unsynced contents and names are gone"],
  ["parts", "any part of what was not synced is gone"]
]

export const powerLoss: Sweep = {
  name: "power-loss",
  title: "losses of power",
  cases: 100,
  short: 12,
  rows: losses.map(([, row]) => row)
}
