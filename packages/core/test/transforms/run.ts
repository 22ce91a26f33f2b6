import {
  Ledger,
  Migration,
  MigrationError,
  Source,
  type Transform,
  type Entity,
  type Report
} from "@chatferry/core"
import { assert } from "@effect/vitest"
import { Effect, FileSystem, Path } from "effect"
import * as LinesSink from "../LinesSink.ts"

/** A run whose sink writes lines, and its output. */
export const run = Effect.fnUntraced(function* <E, R>(
  entities: ReadonlyArray<Entity.Entity>,
  transforms: ReadonlyArray<Transform.Transform<E, R>>,
  directory?: string
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = directory ?? (yield* fs.makeTempDirectoryScoped())
  const report: Report.Report = yield* Migration.run({
    id: "test",
    source: Source.fromEntities("memory", entities),
    transforms,
    sink: LinesSink.make(path.join(root, "out")),
    policy: { allowEmpty: true },
    stateDirectory: path.join(root, "state")
  })
  const lines = (text: string) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return {
    report,
    ledger: report.sinks[0]?.ledger ?? Ledger.empty,
    records: lines(yield* fs.readFileString(path.join(root, "out/lines.ndjson"))),
    rejects: lines(yield* fs.readFileString(path.join(root, "state/test/rejects.ndjson")))
  }
})

/** Why a run of these transforms fails. */
export const failureOf = <E, R>(
  entities: ReadonlyArray<Entity.Entity>,
  transforms: ReadonlyArray<Transform.Transform<E, R>>,
  directory?: string
) =>
  Effect.map(Effect.flip(run(entities, transforms, directory)), (error) => {
    assert.instanceOf(error, MigrationError.MigrationError)
    return error.reason
  })

/** The same for reasons of a transform. */
export const transformFailure = <E, R>(
  entities: ReadonlyArray<Entity.Entity>,
  transforms: ReadonlyArray<Transform.Transform<E, R>>,
  directory?: string
) =>
  Effect.map(failureOf(entities, transforms, directory), (reason) => {
    assert.instanceOf(reason, MigrationError.TransformFailed)
    return reason
  })
