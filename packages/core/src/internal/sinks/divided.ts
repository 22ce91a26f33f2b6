// Divides a sink's phases into those that are fed while the source is read, and those that come later.
import * as Effect from "effect/Effect"
import type * as Path from "effect/Path"
import type { Member, Phase } from "../../run/Phase.ts"
import * as Plan from "../../run/Plan.ts"
import { InvalidConfig, SinkError } from "../../SinkError.ts"
import type { Sink } from "./contract.ts"
import * as Keys from "./keys.ts"

/** One writer of a phase. */
export interface Part<R> {
  readonly phase: Phase<R>
  readonly part: number
  readonly id: string
}

export interface Divided<R> {
  /** Writers that are fed while the source is read. */
  readonly direct: ReadonlyArray<Part<R>>
  readonly later: ReadonlyArray<Phase<R>>
  readonly plan: Plan.Plan
}

/** The members of a sink: itself, or several sinks. */
export const membersOf = <R>(sink: Sink<R>, buckets: number): ReadonlyArray<Member<R>> =>
  [sink.divide(buckets)]
    .flat()
    .map((one): Member<R> => Object.assign({ name: sink.name, fields: sink.fields }, one))

/** True if the sink has phases of as many parts as there are buckets. */
export const isByBuckets = (sink: Sink<unknown>): boolean => {
  const parts = (buckets: number) =>
    membersOf(sink, buckets)
      .flatMap(({ phases }) => phases.map(Keys.partsOf))
      .join()
  return parts(1) !== parts(2)
}

/** True if the sink has tasks after reading. */
export const hasTasks = (sink: Sink<unknown>, buckets: number): boolean =>
  membersOf(sink, buckets).some(({ phases }) => !phases.every(isDirect))

/** The folder for the state of one of the members. */
export const stateOf = (
  path: Path.Path,
  members: ReadonlyArray<Member<unknown>>,
  name: string,
  directory: string
): string => (members.length === 1 ? directory : path.join(directory, name))

/** The folders that a sink publishes into. */
export const outputsOf = (sink: Sink<unknown>): ReadonlyArray<string> =>
  membersOf(sink, 1).flatMap(({ directory }) => directory ?? [])

/** Fails if the phases cannot be run. */
export const divide = <R>({ name, phases }: Member<R>): Effect.Effect<Divided<R>, SinkError> =>
  Effect.suspend(() => {
    const problem = problemIn(phases)
    if (problem !== undefined) {
      const reason = new InvalidConfig({ setting: "divide", problem })
      return Effect.fail(new SinkError({ sink: name, reason }))
    }
    const later = phases.filter((phase) => !isDirect(phase))
    const names = new Set(later.map((phase) => phase.name))
    return Effect.succeed({
      direct: phases.filter(isDirect).flatMap(partsOf),
      later,
      plan: {
        reads: [READ],
        phases: later.map((phase) => ({
          name: phase.name,
          after: phase.after.filter((one) => names.has(one)),
          parts: Keys.partsOf(phase)
        }))
      }
    })
  })

/** All writers of a phase. */
export const partsOf = <R>(phase: Phase<R>): ReadonlyArray<Part<R>> =>
  Array.from({ length: Keys.partsOf(phase) }, (_, part) => ({
    phase,
    part,
    id: Keys.partId({ phase: phase.name, part })
  }))

/** The task that reads everything, and its id. */
const READ = { from: 0, to: 1 } as const
export const READING = Plan.idOf({ phase: "read", ...READ })

// internal

/** More writers at once would take too much memory. */
const MOST_WRITERS = 16

const isDirect = (phase: Phase<unknown>) => phase.after.length === 0 && Keys.partsOf(phase) <= MOST_WRITERS

const problemIn = (phases: ReadonlyArray<Phase<unknown>>) => {
  const misnamed = phases.find(({ name }) => !Keys.isFileName(name))
  if (misnamed !== undefined) return Keys.notAFileName("a phase", misnamed.name)
  const parts = phases.find((phase) => !Number.isSafeInteger(Keys.partsOf(phase)) || Keys.partsOf(phase) < 1)
  if (parts !== undefined)
    return `gives the phase ${parts.name} ${String(parts.parts)} parts: at least 1 is needed`
  const reserved = phases.find(({ name }) => Keys.RESERVED.has(name))
  if (reserved !== undefined)
    return `gives a phase the name ${reserved.name}, which the runner reserves: it needs another one`
  const shared = sharedFolder(phases)
  if (shared !== undefined) return shared
  const lost = phases.find(
    (phase) =>
      !Keys.isWhole(phase) &&
      phase.after.length === 0 &&
      phase.route === undefined &&
      phase.makeRoute === undefined
  )
  if (lost !== undefined)
    return `does not say which records go to which part of the phase ${lost.name} (route)`
  return Plan.problemOf({ phases: phases.map((phase) => ({ ...phase, parts: Keys.partsOf(phase) })) })
}

const sharedFolder = (phases: ReadonlyArray<Phase<unknown>>) => {
  const owners = new Map<string, string>()
  for (const phase of phases)
    for (const { part } of partsOf(phase)) {
      const folder = Keys.folderOf(phase, part)
      const other = owners.get(folder)
      if (other !== undefined && other !== phase.name)
        return `uses one folder, ${folder}, for the writers of ${other} and ${phase.name}: one needs another name`
      owners.set(folder, phase.name)
    }
  return undefined
}
