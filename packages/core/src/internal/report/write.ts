// The report of a run: the ledger of each sink joined with the ledger of everything before it. Each must balance.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Consequence from "../../Consequence.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Json from "../../files/Json.ts"
import * as Ledger from "../../Ledger.ts"
import type { Report, SinkReport } from "../../Report.ts"
import type { Summary } from "../../Sink.ts"
import type { Source } from "../../Source.ts"
import { imbalanceAfter } from "../errors/outOfBalance.ts"
import type * as MigrationState from "../run/state.ts"

export const reportOf = Effect.fnUntraced(function* (
  state: MigrationState.State,
  run: {
    readonly source: Pick<Source, "name" | "consequences">
    readonly byTransforms: ReadonlyArray<Consequence.Consequence>
    readonly bySink: ReadonlyArray<Consequence.Consequence>
    /** The ledger of everything before the sinks. */
    readonly delivered: Ledger.Ledger
    readonly summaries: ReadonlyArray<Summary>
    readonly fingerprint: string
    readonly rejected: number
  }
) {
  const { bySink, byTransforms, delivered, fingerprint, rejected, source, summaries } = run
  const onTheWay = Consequence.occurred([...(source.consequences ?? []), ...byTransforms], delivered)
  const sinks: Array<SinkReport> = []
  for (const { directory, files, ledger, sink: name } of summaries) {
    // This check is for sinks that do not publish with `Publication`.
    const reason = imbalanceAfter(delivered, name, ledger)
    if (reason !== undefined) return yield* state.fail(reason)
    const joined = Ledger.join(delivered, ledger)
    const consequences = Consequence.join(onTheWay, Consequence.occurred(bySink, ledger))
    sinks.push({ sink: name, directory, files, ledger: joined, consequences })
  }
  const report: Report = {
    migration: state.id,
    source: source.name,
    fingerprint,
    status: rejected === 0 ? "completed" : "completed_with_rejects",
    rejected,
    rejects: state.rejectsPath,
    sinks
  }
  return report
})

/** Writes a report to its file, unless it is already there. */
export const save = Effect.fnUntraced(function* (path: string, report: Report) {
  const fs = yield* FileSystem.FileSystem
  const text = `${Json.write(report, 2)}\n`
  if ((yield* fs.exists(path)) && (yield* fs.readFileString(path)) === text) return
  yield* DurableFile.replace(path, text)
})
