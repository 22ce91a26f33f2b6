import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Disk from "./faults/disk.ts"
import { random } from "./faults/random.ts"
import { files, OUT } from "./faults/routes.ts"
import type { Call, ErrorCode, Fault } from "./faults/shim.ts"
import { brief, type Desk, difference, sweep, traced } from "./faults/sweep.ts"
import { faults, type Way, ways } from "./faults/ways.ts"

/** The system's text for an error. */
const words: Record<ErrorCode | "short", RegExp> = {
  EACCES: /permission denied/iu,
  EIO: /i\/o error/iu,
  EMFILE: /too many open files/iu,
  ENOLCK: /no locks available/iu,
  ENOSPC: /no space left on device/iu,
  EROFS: /read-only file system/iu,
  short: /no space left on device|i\/o error/iu
}

/** SQLite does not pass them on, but has its own text for each kind of failure; it treats EIO on reads as damage. */
const ofDatabases =
  /disk i\/o error|database disk image is malformed|database or disk is full|readonly database|unable to open database file|database is locked/iu

/** Whether a call was made by SQLite: on a database, or on a parent folder, which it checks and syncs. */
const isOfDatabase = (path: string, message: string) =>
  /\.db(?:-journal)?$|\/lock$/u.test(path) ||
  (message.includes(`${path}/`) && /\.db\b|\/lock\b/u.test(message))

/** Whether a message names a file, or the folder or database that contains it. */
const names = (message: string, path: string, root: string) => {
  const file = path.replace(/(?:-journal|\.tmp|\.part)$/u, "")
  const folder = file.slice(0, file.lastIndexOf("/"))
  return [file, ...(folder.startsWith(`${root}/`) ? [folder] : [])].some((name) => message.includes(name))
}

const faulted = (desk: Desk, index: number, seed: number) =>
  Effect.gen(function* () {
    const dice = random(seed, index)
    const way = ways[index % ways.length] as Way
    const route = dice.pick(files)
    const calm = yield* desk.calm(route)
    const world = yield* route.open(desk.root)
    // Every other case begins after a kill, so that the fault occurs during a resumed run.
    const isResumed = dice.chance(0.5)
    const from = isResumed ? dice.below(calm.trace.calls.length) : 0
    if (isResumed) yield* Disk.write(desk.root, Disk.at(desk.root, calm.trace, from).left("none"), [OUT])
    const counts = new Map<Call, number>()
    for (const { call } of calm.trace.calls.slice(from)) counts.set(call, (counts.get(call) ?? 0) + 1)
    const calls = way.calls.filter((call) => counts.has(call))
    const what = (where: string) =>
      `${way.row}, ${route.name}${isResumed ? `, killed at ${from}` : ""}, ${where}`
    if (calls.length === 0) return { row: way.row, outcome: "not reached", what: what("nowhere") }
    const call = dice.pick(calls)
    const at = 1 + dice.below(counts.get(call) ?? 1)
    const { also, error, how } = way
    const fault: Fault = { call, at, how, ...(error && { error }), ...(also && { also }) }
    const { ended, trace } = yield* traced(desk, world, fault)
    const { hit } = trace
    const isKill = how === "kill" || how === "kill-half"
    const verdict = (outcome: string, problem?: string) => ({
      row: way.row,
      outcome,
      what: what(`${call} ${at}${hit === undefined ? ", not reached" : ` of ${hit.path}`}`),
      problem: problem && `${problem}: ${brief(ended.error)}`
    })
    if (ended.code === 0 || ended.code === 2) {
      const problem = yield* difference(world, calm.outcome, ended.code)
      return verdict(hit === undefined ? "not reached" : "no harm, same bytes", problem)
    }
    if (isKill ? ended.code !== "killed" : ended.code !== 3) return verdict("", `it ended with ${ended.code}`)
    if (!isKill) {
      if (/\n {4}at /u.test(ended.error)) return verdict("", "it shows a stack")
      const areGiven =
        words[error ?? "short"].test(ended.error) ||
        (hit !== undefined && isOfDatabase(hit.path, ended.error) && ofDatabases.test(ended.error))
      if (!areGiven) return verdict("", "it does not give the system's words")
      if (hit !== undefined && !names(ended.error, hit.path, desk.root))
        return verdict("", "it does not name the file")
    }
    const again = yield* world.resume
    const problem = yield* difference(world, calm.outcome, again.code)
    return verdict(
      isKill ? "resumed, same bytes" : "exit 3, resumed, same bytes",
      problem && `resumed, ${problem} (${brief(again.error)}), after`
    )
  }).pipe(Effect.orDie)

it.live(
  "faults at random calls end in a message that names them, and after a resume in the same bytes",
  () =>
    Effect.gen(function* () {
      const { problems, verdicts } = yield* sweep(faults, faulted)
      assert.deepStrictEqual(problems, [])
      assert.isAtMost(verdicts.filter(({ outcome }) => outcome === "not reached").length, verdicts.length / 4)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
