/**
 * The tasks of a migration, and which of them come next.
 *
 * Nothing here reads or writes: the plan and the finished tasks decide. So every
 * executor, on one thread or on many machines, does the same work in an order that the
 * same rules allow.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */

/**
 * Reads segments `from` to `to` - 1, or works on one part of a phase that comes
 * after reading.
 *
 * @category models
 * @since 0.1.0
 */
export type Task =
  | { readonly phase: "read"; readonly from: number; readonly to: number }
  | { readonly phase: string; readonly bucket: number }

/**
 * A phase that is not fed while the source is read. `after` names phases of the
 * plan; reading comes before all of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface LaterPhase {
  readonly name: string
  readonly after: ReadonlyArray<string>
  readonly parts: number
}

/**
 * The tasks of a migration. An executor chooses how many segments one of them
 * reads, and nothing else.
 *
 * @category models
 * @since 0.1.0
 */
export interface Plan {
  readonly reads: ReadonlyArray<{ readonly from: number; readonly to: number }>
  /** In the order of the sink's division. */
  readonly phases: ReadonlyArray<LaterPhase>
}

/**
 * The progress of a task. The last commit of a task is its result.
 *
 * @category models
 * @since 0.1.0
 */
export interface Commit {
  readonly isEnd: boolean
}

/**
 * The id of a task within its plan.
 *
 * @category operations
 * @since 0.1.0
 */
export const idOf = (task: Task): string =>
  "bucket" in task ? `${task.phase}/${task.bucket}` : `read/${task.from}-${task.to}`

/**
 * All tasks, in the order in which a sequential executor runs them: reads by segment,
 * then phases by bucket.
 *
 * @category operations
 * @since 0.1.0
 */
export const tasks = ({ phases, reads }: Plan): ReadonlyArray<Task> => [
  ...reads.map(({ from, to }): Task => ({ phase: "read", from, to })),
  ...inOrder(phases).flatMap(({ name, parts }) =>
    Array.from({ length: parts }, (_, bucket): Task => ({ phase: name, bucket }))
  )
]

/**
 * The tasks that may run now, in the order of `tasks`: those that have not ended and do
 * not depend on an unfinished task.
 *
 * @category operations
 * @since 0.1.0
 */
export const next = (plan: Plan, commits: ReadonlyMap<string, Commit>): ReadonlyArray<Task> | "finished" => {
  const open = tasks(plan).filter((task) => commits.get(idOf(task))?.isEnd !== true)
  if (open.length === 0) return "finished"
  const unfinished = new Set(open.map(({ phase }) => phase))
  const phases = new Map(plan.phases.map((phase) => [phase.name, phase]))
  return open.filter(
    ({ phase }) =>
      phase === "read" ||
      (!unfinished.has("read") && !(phases.get(phase)?.after ?? []).some((name) => unfinished.has(name)))
  )
}

/**
 * The problem with the phases of a plan; `undefined` if they can be run.
 *
 * @category operations
 * @since 0.1.0
 */
export const problemOf = ({ phases }: Pick<Plan, "phases">): string | undefined => {
  const names = new Set(phases.map(({ name }) => name))
  if (names.size < phases.length || names.has("read"))
    return "names of phases must be unique, and must not be read"
  const unknown = phases.flatMap(({ after }) => after).find((name) => !names.has(name))
  if (unknown !== undefined) return `a phase comes after ${unknown}, which does not exist`
  return inOrder(phases).length < phases.length ? "phases depend on each other" : undefined
}

// internal

/** Each phase comes after those that it depends on; otherwise the given order is kept. */
const inOrder = (phases: ReadonlyArray<LaterPhase>): ReadonlyArray<LaterPhase> => {
  const done: Array<LaterPhase> = []
  const left = [...phases]
  const isReady = ({ after }: LaterPhase) => after.every((name) => done.some((one) => one.name === name))
  for (;;) {
    const at = left.findIndex(isReady)
    const [ready] = at === -1 ? [] : left.splice(at, 1)
    if (ready === undefined) return done
    done.push(ready)
  }
}
