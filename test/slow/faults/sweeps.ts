/** All sweeps, in the order of the documentation. */
import { stagedDamage } from "../../staged/damages.ts"
import { readers } from "../mutations.ts"
import { stateDamage } from "./damages.ts"
import { powerLoss } from "./losses.ts"
import type { Sweep } from "./results.ts"
import { faults } from "./ways.ts"

export const FINISHES = "the first process finishes"
/** The same three rounds in a short run. */
export const rounds = [FINISHES, "the first process is killed", FINISHES]

export const namespaces: Sweep = {
  name: "namespaces",
  title: "two containers",
  cases: rounds.length,
  short: rounds.length,
  rows: [...new Set(rounds)]
}

export const mutations: Sweep = {
  name: "mutations",
  title: "damaged inputs",
  cases: 10_000,
  short: 200,
  rows: readers.map(({ name }) => name)
}

export const sweeps: ReadonlyArray<Sweep> = [
  faults,
  powerLoss,
  stateDamage,
  stagedDamage,
  namespaces,
  mutations
]
