/** Records that go through a transform into the sink, as the runner gives them. */
import { type Entity, Ledger, type Transform } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { completion, type Config, makeRun, openRun, readRun } from "./harness.ts"

export const writeThrough = (
  config: Config,
  transform: Transform.Transform,
  entities: ReadonlyArray<Entity.Entity>,
  batchSize = 100
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const run = yield* makeRun(config)
      const writer = yield* openRun(run)
      for (let i = 0; i < entities.length; i += batchSize) {
        const { excluded = [], records } = yield* transform.apply(entities.slice(i, i + batchSize))
        if (excluded.length > 0)
          yield* writer.exclude?.(excluded) ?? Effect.die("the sink takes no exclusions")
        if (records.length > 0) yield* writer.write(records)
        if ((i / batchSize) % 3 === 2) yield* writer.flush
      }
      const [summary] = yield* writer.finish(completion)
      return yield* readRun(run, summary?.ledger ?? Ledger.empty)
    })
  ).pipe(Effect.provide(NodeServices.layer))
