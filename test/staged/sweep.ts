/** Stops runs at random calls, damages one of their staged files, and checks the next run. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { MigrationError, SinkError, SourceError } from "@chatferry/core"
import { Cause, Console, Effect, Exit, FileSystem, Predicate } from "effect"
import * as Processes from "../processes.ts"
import { type Random, random } from "../slow/faults/random.ts"
import * as Results from "../slow/faults/results.ts"
import { TEMPORARY_ROOT } from "../slow/faults/temporaryRoot.ts"
import { type Damage, damages, NOTHING, stagedDamage } from "./damages.ts"
import { OUT, prepare, type Route, routes } from "./routes.ts"
import { watched } from "./stopped.ts"

/** Files by their path below the folder of the output. */
type Image = ReadonlyMap<string, Buffer>

interface Verdict {
  readonly row: string
  readonly outcome: string
  readonly problem?: string | undefined
}

/** Runs cases and gives the problems, of which there should be none. DAMAGE_ONLY selects the numbers of single cases. */
export const sweep = (cases: number, isShort: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const root = yield* fs.makeTempDirectoryScoped({ directory: TEMPORARY_ROOT })
    yield* prepare(root)
    const seed = Number(process.env["DAMAGE_SEED"] ?? 1)
    const only = process.env["DAMAGE_ONLY"]
    const indices =
      only === undefined ? Array.from({ length: cases }, (_, i) => i) : only.split(",").map(Number)
    const calm = new Map<Route, Calm>()
    const verdicts: Array<Verdict> = []
    const problems: Array<string> = []
    for (const index of indices) {
      const dice = random(seed, index)
      const route = dice.pick(routes)
      const expected = calm.get(route) ?? (yield* undisturbed(root, route))
      calm.set(route, expected)
      const { what, ...verdict } = yield* one(root, route, expected, index, dice)
      verdicts.push(verdict)
      if (only !== undefined) yield* Console.log(`case ${index}: ${what}: ${verdict.outcome}`)
      if (verdict.problem === undefined) continue
      problems.push(`case ${index} of seed ${seed}, ${what}: ${verdict.problem}`)
      yield* Console.log(problems.at(-1))
    }
    const table = Results.sum(verdicts)
    yield* Console.log(`\n${stagedDamage.name}, seed ${seed}\n${Results.text(stagedDamage, table)}`)
    if (only === undefined)
      yield* Results.save({ name: stagedDamage.name, seed, isShort, cases: verdicts.length, table })
    return { verdicts, problems }
  })

// internal

const MOST_STOPS = 4
const CHECKPOINT = "state/staged/checkpoint.json"

/** An undisturbed run. */
interface Calm {
  readonly calls: ReadonlyMap<string, number>
  readonly outcome: Readonly<Record<string, string>>
}

const undisturbed = (root: string, route: Route) =>
  Effect.gen(function* () {
    clear(root)
    const calls = new Map<string, number>()
    const fs = yield* FileSystem.FileSystem
    const counting = watched(fs, (call, number) => {
      calls.set(call, number)
      return "continue"
    })
    yield* Effect.provideService(route.migration(root), FileSystem.FileSystem, counting)
    return { calls, outcome: yield* outcomeOf(root) }
  })

const one = (root: string, route: Route, calm: Calm, index: number, dice: Random) =>
  Effect.gen(function* () {
    let stop = yield* stopped(root, route, calm, dice)
    let found = candidatesIn(stop.image, dice)
    // Many names of calls only occur at the beginning.
    for (let i = 0; found.length === 0 && i < MOST_STOPS; i++) {
      stop = yield* stopped(root, route, calm, dice)
      found = candidatesIn(stop.image, dice)
    }
    const where = `${route.name}, stopped ${stop.where}`
    const first = index % damages.length
    for (let i = 0; i < damages.length; i++) {
      const [row, damage] = damages[(first + i) % damages.length] as (typeof damages)[number]
      for (const path of found) {
        const after = apply(damage, path, stop, root, dice)
        if (after === undefined) continue
        const image = new Map(stop.image)
        if (after.content === undefined) image.delete(path)
        else image.set(path, after.content)
        restore(root, image)
        return { row, what: `${row}, ${where}, ${path}`, ...(yield* resumed(root, route, calm, path)) }
      }
    }
    restore(root, stop.image)
    return { row: NOTHING, what: `${NOTHING}, ${where}`, ...(yield* resumed(root, route, calm, "")) }
  })

interface Stop {
  readonly image: Image
  readonly older: Image
  readonly where: string
}

/** Ends a run before a call. Calls of each name are equally likely, however rare they are. */
const stopped = (root: string, route: Route, { calls }: Calm, dice: Random) =>
  Effect.gen(function* () {
    clear(root)
    const fs = yield* FileSystem.FileSystem
    const names = [...calls.keys()].toSorted()
    const name = dice.pick(names)
    const last = 1 + dice.below(calls.get(name) ?? 1)
    const before = 1 + dice.below(last)
    let image: Image = new Map()
    let older: Image = new Map()
    const stopping = watched(fs, (call, number) => {
      if (call === name && number === before) older = imageOf(root)
      if (call !== name || number < last) return "continue"
      image = imageOf(root)
      return "stop"
    })
    yield* Effect.exit(Effect.provideService(route.migration(root), FileSystem.FileSystem, stopping))
    return { image, older, where: `before ${name} ${last}` }
  })

const apply = (damage: Damage, path: string, { image, older }: Stop, root: string, dice: Random) =>
  damage(
    {
      path,
      content: image.get(path) ?? Buffer.alloc(0),
      isHot: (image.get(`${path}-journal`)?.length ?? 0) > 0,
      others: [...image].flatMap(([other, content]) => (other === path ? [] : [content])),
      older: older.get(path),
      scratch: `${root}/scratch.db`
    },
    dice
  )

/** Files that may be damaged, in random order: the few databases come first more often, the record of the run less. */
const candidatesIn = (image: Image, dice: Random): ReadonlyArray<string> => {
  // Published data is no longer staged.
  if (image.get(CHECKPOINT)?.includes('"report":{') === true) return []
  const paths = [...image].flatMap(([path, content]) => (content.length > 0 && isStaged(path) ? [path] : []))
  return paths
    .map((path) => ({ path, weight: -Math.log(1 - dice.below(1e6) / 1e6) / weightOf(path) }))
    .toSorted((a, b) => a.weight - b.weight)
    .map(({ path }) => path)
}

const weightOf = (path: string) => (/\.db(?:-|$)/u.test(path) ? 4 : path.endsWith("/run.json") ? 0.3 : 1)

/** Locks, markers and manifests contain no output, and another test damages them. */
const isStaged = (path: string) => !/(?:^|\/)(?:lock[^/]*|unfinished\.json[^/]*|manifest\.json)$/u.test(path)

const resumed = (root: string, route: Route, calm: Calm, path: string) =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(route.migration(root))
    if (Exit.isSuccess(exit)) return yield* compared(root, calm, "same bytes")
    const error = Cause.squash(exit.cause)
    if (!isOurs(error)) return { outcome: "", problem: `it is not a typed failure: ${text(error)}` }
    const { message, reason } = error
    // Without its own record, a run cannot recognise the files in the output folder as its own.
    if (reason._tag === "Conflict" && /\/(?:run|checkpoint)\.json$/u.test(path))
      return { outcome: "failed as another run's" }
    if (!isDamage(reason)) return { outcome: "", problem: `${reason._tag}: ${message}` }
    const advised = follow(message)
    if (advised === undefined) return { outcome: "", problem: `it does not say what to do: ${message}` }
    const again = yield* Effect.exit(route.migration(root))
    if (Exit.isSuccess(again)) return yield* compared(root, calm, "failed")
    const next = Cause.squash(again.cause)
    // Stopped between its manifest and its report, a run leaves output that may have to be kept.
    if (next instanceof SinkError.SinkError && next.reason._tag === "Conflict" && isFinished(root))
      return { outcome: "failed, output finished" }
    return { outcome: "", problem: `its advice does not help: ${message}; then: ${text(next)}` }
  })

const isFinished = (root: string) => [...imageOf(root).keys()].some((path) => path.endsWith("/manifest.json"))

const isOurs = (error: unknown) =>
  error instanceof SinkError.SinkError ||
  error instanceof SourceError.SourceError ||
  error instanceof MigrationError.MigrationError

const isDamage = (reason: { readonly _tag: string }) =>
  reason._tag === "StagedDataDamaged" ||
  (reason._tag === "CheckpointRejected" && Predicate.hasProperty(reason, "why") && reason.why === "damaged")

const text = (error: unknown) =>
  (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 600)

const compared = (root: string, calm: Calm, outcome: string) =>
  Effect.gen(function* () {
    const after = yield* outcomeOf(root)
    const names = [...new Set([...Object.keys(calm.outcome), ...Object.keys(after)])].toSorted()
    const others = names.filter((name) => calm.outcome[name] !== after[name])
    return others.length === 0 ? { outcome } : { outcome: "", problem: `other bytes in ${others.join(", ")}` }
  })

/** Removes what a message says to remove; `undefined` if it says nothing about that. */
const follow = (message: string): true | undefined => {
  const advice = /\bremove (.+) to start again|To start again, remove (.+)\./u
    .exec(message)
    ?.slice(1)
    .join("")
  if (advice === undefined) return undefined
  for (const [, before = "", folder = ""] of advice.matchAll(/(.*?)the folder (\S+) \(its [^)]*\)/gu)) {
    const names = before.replace(/^ and /u, "").replace(/ in $/u, "")
    if (names === "") rmSync(folder, { recursive: true })
    else for (const name of names.split(/, | and /u)) rmSync(`${folder}/${name}`)
  }
  return true
}

const outcomeOf = (root: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const outcome: Record<string, string> = yield* Processes.digest(`${root}/${OUT}`)
    outcome["report.json"] = yield* fs.readFileString(`${root}/${OUT}/state/staged/report.json`)
    return outcome
  })

const imageOf = (root: string): Image => {
  const folder = `${root}/${OUT}`
  const names = readdirSync(root).includes(OUT)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
    : []
  return new Map(
    names.flatMap((name) =>
      statSync(`${folder}/${name}`).isFile() ? [[name, readFileSync(`${folder}/${name}`)] as const] : []
    )
  )
}

const clear = (root: string) => rmSync(`${root}/${OUT}`, { recursive: true, force: true })

const restore = (root: string, image: Image) => {
  clear(root)
  for (const [path, content] of image) {
    const file = `${root}/${OUT}/${path}`
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}
