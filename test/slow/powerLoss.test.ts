import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Disk from "./faults/disk.ts"
import { losses, powerLoss } from "./faults/losses.ts"
import { random } from "./faults/random.ts"
import { OUT, files, services } from "./faults/routes.ts"
import { left } from "./faults/stops.ts"
import { brief, type Desk, difference, sweep } from "./faults/sweep.ts"

const lost = (desk: Desk, index: number, seed: number) =>
  Effect.gen(function* () {
    const dice = random(seed, index)
    const [loss, row] = losses[index % losses.length] as (typeof losses)[number]
    // The routes with services are slower: each stop is a separate process.
    const route = dice.pick(dice.chance(0.3) ? services : files)
    const stop = yield* left(desk, route, dice)
    const kept = stop.disk.left(loss, dice)
    yield* Disk.write(desk.root, kept, [OUT])
    const { code, error } = yield* stop.world.resume
    const problem = yield* difference(stop.world, stop.calm, code)
    const doubles = stop.world.doubles()
    const isMore = doubles > 0 ? `a service did ${doubles} things twice` : undefined
    return {
      row,
      outcome: "resumed, same bytes",
      what: `${row}, ${route.name}, stopped ${stop.where}`,
      problem: (problem ?? isMore) && `${problem ?? isMore}: ${brief(error)}`
    }
  }).pipe(Effect.orDie)

it.live(
  "a hundred losses of power at random calls all end in the same bytes after a resume, and nothing is requested twice",
  () =>
    Effect.gen(function* () {
      const { problems } = yield* sweep(powerLoss, lost)
      assert.deepStrictEqual(problems, [])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
