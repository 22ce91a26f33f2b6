/** A sink whose files are made by tasks after reading, and which can fail there. */
import { writeFileSync } from "node:fs"
import { isMainThread } from "node:worker_threads"
import { Consequence, Entity, Rejected, Sink, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"

export interface Options {
  /** How the task of part 2 ends. @default like the others */
  readonly fault?: "fails" | "ends its thread" | "ends its thread once" | undefined
  /** Milliseconds that each task takes at least. @default 0 */
  readonly takes?: number | undefined
}

const PARTS = 5
const ODD = Consequence.make("odd", { effect: "lost", says: "every hundredth record" })

export const make = (directory: string, { fault, takes = 0 }: Options = {}): Sink.Sink => ({
  name: "late",
  fields: Sink.allOf(["user", "channel", "message"]),
  consequences: [ODD],
  fingerprint: {},
  divide: () => ({
    directory,
    phases: [
      {
        name: "late",
        after: [],
        // Too many to be fed while the source is read.
        parts: 17 * PARTS,
        route: (entity, send) => send(partOf(entity), entity),
        open: (task) =>
          Effect.sync(() => {
            const lines: Array<string> = []
            let count = 0
            return {
              write: (records: ReadonlyArray<Entity.Entity>) =>
                Effect.gen(function* () {
                  for (const record of records) {
                    if (++count % 100 === 0) {
                      const message = "it is the hundredth"
                      yield* task.reject([Rejected.ofEntity(record, { code: ODD.code, message })])
                      continue
                    }
                    lines.push(Entity.key(record))
                    task.book.written(record._tag, 1)
                  }
                }),
              end: Effect.gen(function* () {
                if (takes > 0) yield* Effect.sleep(takes)
                if (task.part === 2) yield* faultOf(fault, `${directory}/../ended`)
                if (lines.length > 0) {
                  task.append("records", `${lines.toSorted().join("\n")}\n`, lines.length)
                  yield* Effect.logWarning(
                    isMainThread ? "a task in the main thread" : "a task in a worker thread"
                  )
                }
                return null
              })
            }
          })
      }
    ],
    publish: (output) => output.publish()
  })
})

// internal

/** Most parts stay empty. */
const partOf = (entity: Entity.Entity) => Entity.key(entity).length % PARTS

const faultOf = (fault: Options["fault"], marker: string) =>
  Effect.suspend(() => {
    if (fault === "fails") {
      const reason = new SinkError.Conflict({ problem: "part 2 cannot be written", hint: "Leave it." })
      return Effect.fail(new SinkError.SinkError({ sink: "late", reason }))
    }
    if (isMainThread || fault === undefined || (fault === "ends its thread once" && !claim(marker)))
      return Effect.void
    return Effect.sync(() => process.exit(7))
  })

/** True for the first caller. */
const claim = (marker: string): boolean => {
  try {
    writeFileSync(marker, "", { flag: "wx" })
    return true
  } catch {
    return false
  }
}
