/** Runs many cases, two at a time, and sums up their results. */
import type { NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, type Scope } from "effect"
import * as Disk from "./disk.ts"
import * as Results from "./results.ts"
import type { Route, World } from "./routes.ts"
import { OUT } from "./routes.ts"
import * as Shim from "./shim.ts"
import { TEMPORARY_ROOT } from "./temporaryRoot.ts"
import { readTrace, type Trace } from "./trace.ts"

export const isShort = process.env["FAULTS"] === "short"

type Needs = NodeServices.NodeServices

/** The result of a case. */
interface Verdict {
  /** Row of the table. */
  readonly row: string
  /** Column of the table; a case with a problem has none. */
  readonly outcome: string
  /** Description of the case for an investigation. */
  readonly what: string
  readonly problem?: string | undefined
}

/** A working folder, used by one case after the other. */
export interface Desk {
  readonly root: string
  readonly library: string
  /** An undisturbed run of the route, and the state of the disk after each of its calls. */
  readonly calm: (route: Route) => Effect.Effect<Calm, never, Needs | Scope.Scope>
}

export interface Calm {
  readonly trace: Trace
  readonly outcome: Readonly<Record<string, string>>
}

/**
 * Runs the cases and gives the problems, of which there should be none. FAULTS_CASES
 * overrides their number, FAULTS_SEED the seed, FAULTS_ONLY selects the numbers of
 * single cases.
 */
export const sweep = (
  of: Results.Sweep,
  run: (desk: Desk, index: number, seed: number) => Effect.Effect<Verdict, never, Needs | Scope.Scope>
) =>
  Effect.gen(function* () {
    const { cases, name, short } = of
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped({ directory: TEMPORARY_ROOT })
    const library = yield* Shim.compile
    const seed = Number(process.env["FAULTS_SEED"] ?? 1)
    const count = Number(process.env["FAULTS_CASES"] ?? (isShort ? short : cases))
    const only = process.env["FAULTS_ONLY"]
    const indices =
      only === undefined ? Array.from({ length: count }, (_, index) => index) : only.split(",").map(Number)
    const desks = yield* Effect.forEach([1, 2], (number) => makeDesk(`${folder}/desk-${number}`, library))
    const verdicts: Array<Verdict> = []
    const problems: Array<string> = []
    let next = 0
    const work = (desk: Desk) =>
      Effect.gen(function* () {
        while (next < indices.length) {
          const index = indices[next++] ?? 0
          yield* fs.remove(`${desk.root}/${OUT}`, { recursive: true, force: true })
          const verdict = yield* Effect.scoped(run(desk, index, seed))
          verdicts.push(verdict)
          if (verdict.problem === undefined) continue
          const problem = `case ${index} of seed ${seed}, ${verdict.what}: ${verdict.problem}`
          problems.push(problem)
          yield* Console.log(`\n${name}: ${problem}`)
        }
      })
    yield* Effect.forEach(desks, work, { concurrency: desks.length, discard: true })
    const table = Results.sum(verdicts)
    yield* Console.log(`\n${name}, seed ${seed}\n${Results.text(of, table)}`)
    if (only === undefined) yield* Results.save({ name, seed, isShort, cases: verdicts.length, table })
    return { verdicts, problems }
  })

/** Runs a route with its calls traced. */
export const traced = (desk: Desk, world: World, fault?: Shim.Fault) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${desk.root}-trace`
    for (const name of [file, `${file}.data`]) yield* fs.remove(name, { force: true })
    const ended = yield* world.run(Shim.environment(desk.library, desk.root, { fault, trace: file }))
    return { ended, trace: yield* readTrace(file) }
  }).pipe(Effect.orDie)

/** What is wrong with a run that should have the same result as an undisturbed one; `undefined` if nothing is. */
export const difference = (world: World, calm: Calm["outcome"], code: number | string) =>
  Effect.gen(function* () {
    if (code !== 0 && code !== 2) return `it ended with ${code}`
    const outcome = yield* world.outcome
    const names = [...new Set([...Object.keys(calm), ...Object.keys(outcome)])].toSorted()
    const others = names.filter((name) => calm[name] !== outcome[name])
    return others.length === 0 ? undefined : `it ended with ${code} and has another ${others.join(", ")}`
  })

/** The first lines of a process's output, joined. */
export const brief = (text: string): string => text.trim().split("\n").slice(0, 3).join(" | ").slice(0, 500)

// internal

const makeDesk = (root: string, library: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(root)
    const known = new Map<Route, Calm>()
    const desk: Desk = {
      root,
      library,
      calm: (route) =>
        Effect.gen(function* () {
          const found = known.get(route)
          if (found !== undefined) return found
          yield* route.prepare(root)
          const world = yield* route.open(root)
          yield* fs.remove(`${root}/${OUT}`, { recursive: true, force: true })
          const { ended, trace } = yield* traced(desk, world)
          const problem = yield* difference(world, yield* world.outcome, ended.code)
          if (problem !== undefined) throw new Error(`${route.name}, undisturbed: ${problem} ${ended.error}`)
          yield* isComplete(root, trace)
          const calm = { trace, outcome: yield* world.outcome }
          known.set(route, calm)
          yield* fs.remove(`${root}/${OUT}`, { recursive: true, force: true })
          return calm
        }).pipe(Effect.orDie)
    }
    return desk
  })

/** A trace that misses a way to change a disk would make the sweeps claim too much. */
const isComplete = (root: string, trace: Trace) =>
  Effect.gen(function* () {
    const expected = Disk.at(root, trace, trace.calls.length).left("none")
    const found = yield* Disk.read(root, [OUT])
    const names = [...new Set([...expected.keys(), ...found.keys()])]
    const others = names.filter((name) => {
      const [a, b] = [expected.get(name), found.get(name)]
      return !(expected.has(name) && found.has(name)) || (a === undefined ? b !== a : b?.equals(a) !== true)
    })
    if (others.length > 0) throw new Error(`the trace does not explain ${others.join(", ")}`)
  })
