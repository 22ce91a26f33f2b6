import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Entity, Kind } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Batch, Segment } from "../../Source.ts"
import type { SourceError } from "../../SourceError.ts"
import type { Transformed } from "../../Transform.ts"
import type { Database } from "../files/database.ts"
import type { Opened } from "../run/opened.ts"
import { totalBytes } from "../run/segments.ts"
import * as Decisions from "./decisions.ts"
import { reasonOfMessage } from "./filter.ts"

export interface Pass<ET, RT> {
  readonly source: Opened
  readonly segments: ReadonlyArray<Segment>
  /** The kinds of exclusions that the transforms give. */
  readonly excludes: ReadonlyArray<Exclusion["entity"]["_tag"]> | undefined
  readonly transform: (batch: Batch, segment: Segment) => Effect.Effect<Transformed, ET, RT>
  readonly readAhead: <E, R>(batches: Stream.Stream<Batch, E, R>) => Stream.Stream<Batch, E, R>
  readonly progress: (step: string, done: number, total: number) => Effect.Effect<void>
}

/** Runs code on the database; an exception becomes a failure of the state folder. */
export type Attempt<E> = <A>(code: () => A) => Effect.Effect<A, E>

/**
 * Reads the source once to find the channels, users and messages that are left out.
 * Reads it again, if reactions may belong to them, to find the messages that are left
 * out with a channel or a user.
 */
export const find = Effect.fnUntraced(function* <ET, RT, E>(
  pass: Pass<ET, RT>,
  database: Database,
  attempt: Attempt<E>
): Effect.fn.Return<void, SourceError | ET | E, RT> {
  const { keep, exclude } = yield* attempt(() => Decisions.makeDecisions(database))
  const kinds = new Set<Kind>(pass.excludes)
  let hasReactions = false
  let isChannelMissing = false
  const look = (record: Entity) => {
    if (record._tag !== "reaction") return
    hasReactions = true
    isChannelMissing ||= record.channelId === undefined
  }
  yield* through(pass, lookingFor(kinds), kinds, look, (given) =>
    attempt(() => {
      for (const one of given.excluded ?? []) exclude(one)
      for (const record of given.records) {
        if (isDecided(kinds, record)) keep(record)
      }
    })
  )
  const isNeeded = yield* attempt(() => {
    Decisions.decide(database)
    return (
      (hasReactions && Decisions.has(database, WITH_MESSAGES)) ||
      (isChannelMissing && Decisions.has(database, "kind = 'channel'"))
    )
  })
  if (!isNeeded) return
  const decisions = yield* attempt(() => Decisions.lookUp(database))
  const leaveOut = yield* attempt(() => Decisions.makeMessages(database))
  yield* through(
    pass,
    lookingFor(MESSAGES),
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

const lookingFor = (kinds: ReadonlySet<Kind>): string => {
  const names = (["channel", "user", "message"] as const)
    .filter((kind) => kinds.has(kind))
    .map((kind) => `${kind}s`)
  const [last] = names.slice(-1)
  const listed = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last
  return `looking for ${listed} to leave out`
}

/** A transform may return records of a kind that it did not receive. */
const isDecided = (kinds: ReadonlySet<Kind>, record: Entity): record is Exclusion["entity"] =>
  kinds.has(record._tag)

const WITH_MESSAGES = `kind = 'user' AND (policy LIKE '%"messages":"drop"%' OR policy LIKE '%"mentions":"drop"%')`

const MESSAGES: ReadonlySet<Kind> = new Set<Kind>(["message"])

/** Passes all records of some kinds through the transforms. */
const through = <ET, RT, E>(
  { transform, progress, readAhead, segments, source }: Pass<ET, RT>,
  step: string,
  kinds: ReadonlySet<Kind>,
  look: (record: Entity) => void,
  take: (given: Transformed) => Effect.Effect<void, E>
): Effect.Effect<void, SourceError | ET | E, RT> => {
  const total = totalBytes(segments)
  let done = 0
  const readBatch = (segment: Segment) => (batch: Batch) => {
    done += batch.bytes
    batch.records.forEach(look)
    const records = batch.records.filter(({ _tag }) => kinds.has(_tag))
    return Effect.andThen(
      records.length === 0 ? Effect.void : Effect.flatMap(transform({ ...batch, records }, segment), take),
      progress(step, done, total)
    )
  }
  return Effect.forEach(
    segments,
    (segment) => Stream.runForEach(readAhead(source.read(segment, Option.none())), readBatch(segment)),
    { discard: true }
  )
}
