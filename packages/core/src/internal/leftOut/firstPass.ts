import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Entity, Kind } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Batch, Partition, Source } from "../../Source.ts"
import type { Transformed } from "../../Transform.ts"
import type { Database } from "../database.ts"
import * as Decisions from "./decisions.ts"
import { reasonOfMessage } from "./filter.ts"

export interface Pass<ES, RS, ET, RT> {
  readonly source: Source<ES, RS>
  readonly partitions: ReadonlyArray<Partition>
  /** Kinds of which the transforms give exclusions. */
  readonly excludes: ReadonlyArray<Exclusion["entity"]["_tag"]> | undefined
  readonly transform: (batch: Batch, partition: Partition) => Effect.Effect<Transformed, ET, RT>
  readonly readAhead: <E, R>(batches: Stream.Stream<Batch, E, R>) => Stream.Stream<Batch, E, R>
  readonly progress: (step: string, done: number, total: number) => Effect.Effect<void>
}

/** Runs code on the database; what it throws is a failure of the state folder. */
export type Attempt<E> = <A>(code: () => A) => Effect.Effect<A, E>

/**
 * Reads the source once to find the channels and users that are left out, and
 * once more to find the messages where reactions may belong to one of them.
 */
export const find = <ES, RS, ET, RT, E>(
  pass: Pass<ES, RS, ET, RT>,
  database: Database,
  attempt: Attempt<E>
): Effect.Effect<void, ES | ET | E, RS | RT> =>
  Effect.gen(function* () {
    const { keep, exclude } = yield* attempt(() => Decisions.makeJudge(database))
    const kinds = new Set<Kind>(pass.excludes)
    let hasReactions = false
    let isChannelUnsaid = false
    const look = (record: Entity) => {
      if (record._tag !== "reaction") return
      hasReactions = true
      isChannelUnsaid ||= record.channelId === undefined
    }
    yield* through(
      pass,
      LOOKING_FOR[kinds.size === 2 ? "both" : kinds.has("user") ? "user" : "channel"],
      kinds,
      look,
      (given) =>
        attempt(() => {
          for (const one of given.excluded ?? []) exclude(one)
          for (const record of given.records) {
            if (record._tag === "channel" || record._tag === "user") keep(record)
          }
        })
    )
    const isNeeded = yield* attempt(() => {
      Decisions.decide(database)
      return (
        (hasReactions && Decisions.has(database, WITH_MESSAGES)) ||
        (isChannelUnsaid && Decisions.has(database, "kind = 'channel'"))
      )
    })
    if (!isNeeded) return
    const decisions = yield* attempt(() => Decisions.lookUp(database))
    const leaveOut = yield* attempt(() => Decisions.makeMessages(database))
    yield* through(
      pass,
      LOOKING_FOR.message,
      MESSAGES,
      () => {},
      ({ records }) =>
        attempt(() => {
          for (const record of records) {
            const reason = record._tag === "message" ? reasonOfMessage(decisions, record) : undefined
            if (reason !== undefined && record._tag === "message") leaveOut(record.id, reason)
          }
        })
    )
  })

// internal

const LOOKING_FOR = {
  channel: "looking for channels to leave out",
  user: "looking for users to leave out",
  both: "looking for channels and users to leave out",
  message: "looking for messages to leave out"
} as const

const WITH_MESSAGES = `kind = 'user' AND (policy LIKE '%"messages":"drop"%' OR policy LIKE '%"mentions":"drop"%')`

const MESSAGES: ReadonlySet<Kind> = new Set<Kind>(["message"])

/** Takes all records of some kinds through the transforms. */
const through = <ES, RS, ET, RT, E>(
  { transform, partitions, progress, readAhead, source }: Pass<ES, RS, ET, RT>,
  step: string,
  kinds: ReadonlySet<Kind>,
  look: (record: Entity) => void,
  take: (given: Transformed) => Effect.Effect<void, E>
): Effect.Effect<void, ES | ET | E, RS | RT> => {
  const sum = partitions.reduce((sum, { bytes }) => sum + (bytes ?? Number.NaN), 0)
  const total = Number.isFinite(sum) ? sum : 0
  let done = 0
  const readBatch = (partition: Partition) => (batch: Batch) => {
    done += batch.bytes
    batch.records.forEach(look)
    const records = batch.records.filter(({ _tag }) => kinds.has(_tag))
    return Effect.andThen(
      records.length === 0 ? Effect.void : Effect.flatMap(transform({ ...batch, records }, partition), take),
      progress(step, done, total)
    )
  }
  return Effect.forEach(
    partitions,
    (partition) => Stream.runForEach(readAhead(source.read(partition, Option.none())), readBatch(partition)),
    { discard: true }
  )
}
