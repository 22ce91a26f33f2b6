import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { damages, foreign, gone, NOTHING, stateDamage } from "./faults/damages.ts"
import * as Disk from "./faults/disk.ts"
import { random } from "./faults/random.ts"
import { files, OUT, services } from "./faults/routes.ts"
import { left, type Stop } from "./faults/stops.ts"
import { brief, type Desk, difference, sweep } from "./faults/sweep.ts"

/** The run's own records. The output it has staged is not included. */
const isKnowledge = (path: string) =>
  (/\/state\//u.test(path) && !/\/sink\//u.test(path) && !path.endsWith("/rejects.ndjson")) ||
  /\/exports\/(?:\.chatferry\/.*|.*\.export\.json|lock.*)$/u.test(path) ||
  /^out\/(?:stream-import-.*\.json|lock.*)$/u.test(path) ||
  /\/unfinished\.json/u.test(path)

const HINT = /\b(?:remove|put|choose|check|get|run|look|ask|restore|undo|fix|wait)\b/iu

const versionsOf = ({ at, trace }: Stop, root: string, path: string): ReadonlyArray<Buffer> => {
  const versions: Array<Buffer> = []
  const disk = new Disk.Disk(root)
  for (const call of trace.calls.slice(0, at)) {
    disk.apply(call)
    if (call.call !== "rename" || call.to !== `${root}/${path}`) continue
    const content = disk.left("none").get(path)
    if (content !== undefined) versions.push(content)
  }
  return versions.slice(0, -1)
}

const damaged = (desk: Desk, index: number, seed: number) =>
  Effect.gen(function* () {
    const dice = random(seed, index)
    const [row, damage] = damages[index % damages.length] as (typeof damages)[number]
    const route = dice.pick(dice.chance(0.5) ? files : services)
    const stop = yield* left(desk, route, dice)
    const tree = new Map(stop.disk.left("none"))
    // In an empty file there is nothing to flip or to cut off.
    const least = damage === gone || damage === foreign ? 0 : 1
    const found = [...tree].filter(
      ([path, content]) => isKnowledge(path) && content !== undefined && content.length >= least
    )
    const what = (where: string) => `${row}, ${route.name}, stopped ${stop.where}, ${where}`
    if (found.length === 0) return { row: NOTHING, outcome: "not reached", what: what("nowhere") }
    const [path, content] = dice.pick(found) as readonly [string, Buffer]
    const others = found.flatMap(([other, bytes]) => (other === path || bytes === undefined ? [] : [bytes]))
    const after = damage(content, dice, { files: others, versions: versionsOf(stop, desk.root, path) })
    if (after === undefined) tree.delete(path)
    else tree.set(path, after)
    yield* Disk.write(desk.root, tree, [OUT])
    const { code, error } = yield* stop.world.resume
    const verdict = (outcome: string, problem?: string) => ({
      row,
      outcome,
      what: what(path),
      problem: problem && `${problem}: ${brief(error)}`
    })
    if (code === 0 || code === 2) {
      return verdict("same bytes", yield* difference(stop.world, stop.calm, code))
    }
    if (code !== 1 && code !== 3) return verdict("", `it ended with ${code}`)
    if (/\n {4}at /u.test(error)) return verdict("", "it shows a stack")
    if (!HINT.test(error)) return verdict("", "it does not say what to do")
    return verdict(`failed, exit ${code}`)
  }).pipe(Effect.orDie)

it.live(
  "five hundred damages to a run's own records are rejected or harmless",
  () =>
    Effect.gen(function* () {
      const { problems, verdicts } = yield* sweep(stateDamage, damaged)
      assert.deepStrictEqual(problems, [])
      assert.isAtMost(verdicts.filter(({ outcome }) => outcome === "not reached").length, verdicts.length / 4)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
