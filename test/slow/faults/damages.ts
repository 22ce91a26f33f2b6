/** Damages to a run's own records. */
import type { Random } from "./random.ts"
import type { Sweep } from "./results.ts"

/** Damages a file; `undefined` removes it. */
export type Damage = (content: Buffer, dice: Random, others: Others) => Buffer | undefined

interface Others {
  /** Contents of other files of the run. */
  readonly files: ReadonlyArray<Buffer>
  /** Earlier contents of the file. */
  readonly versions: ReadonlyArray<Buffer>
}

const BLOCK = 512

export const gone: Damage = () => undefined
export const foreign: Damage = (_, dice, { files }) => dice.pick([Buffer.from("{}\n"), ...files])

export const damages: ReadonlyArray<readonly [string, Damage]> = [
  [
    "a bit is flipped",
    (content, dice) => {
      const at = dice.below(content.length)
      const changed = Buffer.from(content)
      changed[at] = (content[at] ?? 0) ^ (1 << dice.below(8))
      return changed
    }
  ],
  ["the end is missing", (content, dice) => content.subarray(0, dice.below(content.length))],
  [
    "a block is NUL",
    (content, dice) => {
      const at = Math.floor(dice.below(content.length) / BLOCK) * BLOCK
      return Buffer.from(content).fill(0, at, Math.min(content.length, at + BLOCK))
    }
  ],
  ["the file is gone", gone],
  ["it is replaced by another file", foreign],
  ["it is an older version", (content, dice, { versions }) => dice.pick([content, ...versions])]
]

/** Row of runs that were stopped before they had any records. */
export const NOTHING = "there is nothing to damage yet"

export const stateDamage: Sweep = {
  name: "damage",
  title: "damaged state",
  cases: 500,
  short: 40,
  rows: [...damages.map(([row]) => row), NOTHING]
}
