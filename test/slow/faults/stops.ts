/** Runs that were stopped at a random call, and the disk they left behind. */
import type { NodeServices } from "@effect/platform-node"
import { Effect, type Scope } from "effect"
import * as Disk from "./disk.ts"
import type { Random } from "./random.ts"
import { files, type Route, type World } from "./routes.ts"
import { type Call, changes } from "./shim.ts"
import { type Desk, traced } from "./sweep.ts"
import type { Trace } from "./trace.ts"

/** A run that was stopped. */
export interface Stop {
  readonly world: World
  readonly disk: Disk.Disk
  /** The calls up to that moment. */
  readonly trace: Trace
  /** Their number. */
  readonly at: number
  readonly where: string
  /** The expected result. */
  readonly calm: Readonly<Record<string, string>>
}

/**
 * Stops a run of a route at a call that changes the disk. Calls of each name are
 * equally likely, however rare they are. A run that uses a service is a process
 * that is killed. For other runs, the first calls of an undisturbed
 * run are the same.
 */
export const left = (
  desk: Desk,
  route: Route,
  dice: Random
): Effect.Effect<Stop, never, NodeServices.NodeServices | Scope.Scope> =>
  Effect.gen(function* () {
    const { outcome: calm, trace } = yield* desk.calm(route)
    const world = yield* route.open(desk.root)
    const name = dice.pick(changes.filter((name) => trace.calls.some(({ call }) => call === name)))
    const locations = [...trace.calls.entries()].filter(([, { call }]) => call === name)
    const chosen = 1 + dice.below(locations.length)
    const where = `before ${name} ${chosen}`
    const stop = (trace: Trace, at: number) => ({
      world,
      calm,
      trace,
      at,
      where,
      disk: Disk.at(desk.root, trace, at)
    })
    if (files.includes(route)) return stop(trace, locations[chosen - 1]?.[0] ?? 0)
    const fault = { call: name satisfies Call, at: chosen, how: "kill" } as const
    const killed = yield* traced(desk, world, fault)
    return stop(killed.trace, killed.trace.calls.length)
  })
