import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Disk from "./faults/disk.ts"
import { type Random, random } from "./faults/random.ts"
import { files, OUT, services } from "./faults/routes.ts"
import { left, type Stop } from "./faults/stops.ts"
import { brief, type Desk, difference, sweep } from "./faults/sweep.ts"

/** What is done to a file; `undefined` removes it. */
type Damage = (content: Buffer, dice: Random, others: Others) => Buffer | undefined

interface Others {
  /** Contents of other files of the run. */
  readonly files: ReadonlyArray<Buffer>
  /** What the file had before. */
  readonly versions: ReadonlyArray<Buffer>
}

const BLOCK = 512

const gone: Damage = () => undefined
const foreign: Damage = (_, dice, { files }) => dice.pick([Buffer.from("{}\n"), ...files])

const damages: ReadonlyArray<readonly [string, Damage]> = [
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
  ["it has the content of another file", foreign],
  ["it has an older content", (content, dice, { versions }) => dice.pick([content, ...versions])]
]

/** What a run knows of itself. What it has staged for its output is another matter. */
const isKnowledge = (path: string) =>
  (/\/state\//u.test(path) && !/\/sink\//u.test(path) && !path.endsWith("/rejects.ndjson")) ||
  /\/exports\/(?:\.chatferry\/.*|.*\.export\.json|lock.*)$/u.test(path) ||
  /^out\/(?:stream-import-.*\.json|lock.*)$/u.test(path) ||
  /\/unfinished\.json/u.test(path)

const kindOf = (path: string) => {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:tmp|part)$/u, "")
  if (/^(?:lock|run|unfinished|report|checkpoint)/u.test(name)) return name.replace(/\.[^o].*$/u, "")
  return "journal"
}

const HINT = /\b(?:remove|put|choose|check|get|run|look|ask)\b/iu

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
    // Of an empty file there is nothing to flip or to cut off.
    const least = damage === gone || damage === foreign ? 0 : 1
    const found = [...tree].filter(
      ([path, content]) => isKnowledge(path) && content !== undefined && content.length >= least
    )
    const what = (where: string) => `${row}, ${route.name}, stopped ${stop.where}, ${where}`
    if (found.length === 0)
      return { row: `nothing to damage yet`, outcome: "not reached", what: what("nowhere") }
    const [path, content] = dice.pick(found) as readonly [string, Buffer]
    const others = found.flatMap(([other, bytes]) => (other === path || bytes === undefined ? [] : [bytes]))
    const after = damage(content, dice, { files: others, versions: versionsOf(stop, desk.root, path) })
    if (after === undefined) tree.delete(path)
    else tree.set(path, after)
    yield* Disk.write(desk.root, tree, [OUT])
    const { code, error } = yield* stop.world.resume
    const verdict = (outcome: string, problem?: string) => ({
      row: `${kindOf(path)}: ${row}`,
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
    return verdict(`refused, exit ${code}`)
  }).pipe(Effect.orDie)

it.live(
  "five hundred damages of what a run knows of itself are refused or do no harm",
  () =>
    Effect.gen(function* () {
      const { problems, verdicts } = yield* sweep({ name: "damage", cases: 500, short: 40, run: damaged })
      assert.deepStrictEqual(problems, [])
      assert.isAtMost(verdicts.filter(({ outcome }) => outcome === "not reached").length, verdicts.length / 4)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
