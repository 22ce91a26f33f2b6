/** Writes records to the sink through a transform, like the runner. */
import { type Entity, Ledger, type Transform } from "@chatferry/core"
import { EntityGenerator, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { isMany } from "../../../test/runs.ts"
import { type Config, dialects, makeRun, openRun, readRun, type Result } from "./harness.ts"

export const writeThrough = (
  config: Config,
  transform: Transform.Transform,
  entities: ReadonlyArray<Entity.Entity>,
  batchSize = 100
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const run = yield* makeRun(config)
      const session = yield* openRun(run)
      for (let i = 0; i < entities.length; i += batchSize) {
        const { excluded = [], records } = yield* transform.apply(entities.slice(i, i + batchSize))
        if (excluded.length > 0)
          yield* session.exclude?.(excluded) ?? Effect.die("the sink takes no exclusions")
        if (records.length > 0) yield* session.write(records)
        if ((i / batchSize) % 3 === 2) yield* session.commit
      }
      const [summary] = yield* SinkHarness.finish(session)
      return yield* readRun(run, summary?.ledger ?? Ledger.empty)
    })
  ).pipe(Effect.provide(NodeServices.layer))

export const published = ({ file, idMap, moved, rejected }: Result) => ({ file, idMap, moved, rejected })
export const dropped = ({ ledger }: Result, reason: string) =>
  Object.fromEntries(
    Object.entries(ledger.kinds).flatMap(([kind, counts]) =>
      counts.dropped[reason] === undefined ? [] : [[kind, counts.dropped[reason]]]
    )
  )
/** The ledger without the records that one reason dropped. */
export const without = ({ kinds, notes }: Ledger.Ledger, reason: string) => ({
  notes,
  kinds: Object.fromEntries(
    Object.entries(kinds).map(([kind, counts]) => {
      const { [reason]: n = 0, ...others } = counts.dropped
      return [kind, { ...counts, read: counts.read - n, dropped: others }]
    })
  )
})

export const shuffled = (entities: ReadonlyArray<Entity.Entity>, turn: number) => {
  const order = (text: string) =>
    Array.from(text).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0) + turn) | 0, turn)
  return entities
    .map((entity, i) => ({ entity, at: order(`${i}${JSON.stringify(entity).slice(0, 80)}`) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ entity }) => entity)
}

export const soup = (seed: number): ReadonlyArray<Entity.Entity> =>
  EntityGenerator.make({
    seed,
    records: 400,
    dangling: 0.15,
    duplicates: 0.25,
    oddIds: 0.4,
    extremes: 0.03
  }).map((one) => {
    if (one._tag !== "message") return one
    // The editor of a message is counted when it arrives, even if a transform leaves that user out.
    const { editedById: _, ...rest } = one
    return rest
  })

/** All records of an entity have the same ids. */
export const isOdd = (id: string) =>
  Array.from(id).reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) % 2 === 1

const policies: ReadonlyArray<Partial<Config>> = [
  {},
  { missingUser: "reject", deletedMessages: "skip", deletedChannels: "skip" },
  { unknownChannel: "synthesise", distinctChannels: "member_ids", deletedContent: "keep" },
  { missingUser: "reject", unknownChannel: "synthesise", distinctChannels: "member_ids" }
]
/** In the short form of tests, the second dialect has one of the policies: those do not depend on it. */
export const cases = dialects.flatMap((dialect) =>
  policies
    .map((policy, index) => ({ dialect, policy, index }))
    .filter(({ index }) => isMany || index === 0 || dialect === dialects[0])
)
