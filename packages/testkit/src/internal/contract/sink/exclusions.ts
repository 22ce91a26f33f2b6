// Rules about channels and messages that are left out on purpose.
import { type Entity, type Exclusion, Ledger, type Sink, Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { finish } from "../../../harness/SinkHarness.ts"
import { first } from "../engine/rule.ts"
import { type Checked, type Files, type Location, type Stage, writeIn } from "../engine/stage.ts"
import { sameFiles } from "./results.ts"

/**
 * A run that leaves out channels and messages must have the same result as a run whose
 * source does not have them, except for the records it counts as dropped.
 */
export const leavesOut = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { exclusions, given, lacking } = split(stage.entities)
    const takes = yield* (yield* stage.location).opened(Option.none(), (session) =>
      Effect.succeed(session.takesExclusions)
    )
    // The runner handles exclusions for a sink that takes none.
    if (!takes) return undefined
    if (exclusions.length === 0)
      return { expected: "a channel with messages among the entities", actual: "none" }
    const expected = yield* played(yield* stage.location, stage, [{ write: lacking }])
    for (const { name, steps } of plays(exclusions, given)) {
      const actual = yield* played(yield* stage.location, stage, steps)
      const files = sameFiles(`leaving channels and messages out, ${name},`, expected.files, actual.files)
      const verdict = first([
        files && { ...files, expected: `${files.expected}, as without them in the source` },
        sameRejects(name, expected.rejected, actual.rejected),
        ...counts(name, given.length - lacking.length, expected.ledgers, actual.ledgers)
      ])
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

// internal

const REASON = "left-out-by-the-contract"
const MANIFEST = "manifest.json"
const MOST_CHANNELS = 5
const MOST_MESSAGES = 20
/** Newer than any record, so that it takes precedence. */
const LAST = Timestamp.Timestamp.make("9999-12-31T23:59:59Z")

interface Step {
  readonly write?: ReadonlyArray<Entity.Entity>
  readonly exclude?: ReadonlyArray<Exclusion.Exclusion>
  /** Flushes, performs the next step, and resumes from the receipt, which discards the step. */
  readonly lost?: ReadonlyArray<Step>
}

const plays = (
  exclusions: ReadonlyArray<Exclusion.Exclusion>,
  given: ReadonlyArray<Entity.Entity>
): ReadonlyArray<{ readonly name: string; readonly steps: ReadonlyArray<Step> }> => {
  const half = Math.floor(given.length / 2)
  const stay = given.find((one) => one._tag === "channel")
  const message = given.find((one) => one._tag === "message")
  const wrong = [
    ...(stay === undefined ? [] : [{ entity: { ...stay, updatedAt: LAST }, reason: REASON }]),
    ...(message === undefined ? [] : [{ entity: { ...message, updatedAt: LAST }, reason: REASON }])
  ]
  return [
    { name: "before what belongs to them", steps: [{ exclude: exclusions }, { write: given }] },
    { name: "after what belongs to them", steps: [{ write: given }, { exclude: exclusions }] },
    {
      name: "before a receipt, and another after it",
      steps: [
        { write: given.slice(0, half) },
        { exclude: exclusions },
        { lost: [{ exclude: wrong }] },
        { write: given.slice(half) }
      ]
    }
  ]
}

/** Removes some channels, and messages of others, each with what belongs to it. */
const split = (entities: ReadonlyArray<Entity.Entity>) => {
  const inUse = new Set(entities.flatMap((one) => (one._tag === "message" ? [one.channelId] : [])))
  const ids = entities.flatMap((one) => (one._tag === "channel" && inUse.has(one.id) ? [one.id] : []))
  const gone = new Set(Array.from(new Set(ids)).toSorted().slice(0, MOST_CHANNELS))
  const messages = new Set(
    entities.flatMap((one) => (one._tag === "message" && gone.has(one.channelId) ? [one.id] : []))
  )
  const reactedTo = entities.flatMap((one) => (one._tag === "reaction" ? [one.messageId] : []))
  const candidates = new Set(reactedTo.filter((id) => !messages.has(id)))
  const alone = new Set(
    entities
      .flatMap((one) => (one._tag === "message" && candidates.has(one.id) ? [one.id] : []))
      .toSorted()
      .slice(0, MOST_MESSAGES)
  )
  const exclusions: Array<Exclusion.Exclusion> = []
  const given: Array<Entity.Entity> = []
  for (const entity of entities) {
    const isOut =
      (entity._tag === "channel" && gone.has(entity.id)) ||
      (entity._tag === "message" && alone.has(entity.id))
    if (isOut) exclusions.push({ entity, reason: REASON })
    else given.push(entity)
  }
  const belongs = (one: Entity.Entity) => {
    if (one._tag === "member" || one._tag === "message") return gone.has(one.channelId)
    if (one._tag !== "reaction") return false
    return (
      messages.has(one.messageId) ||
      alone.has(one.messageId) ||
      (one.channelId !== undefined && gone.has(one.channelId))
    )
  }
  return { exclusions, given, lacking: given.filter((one) => !belongs(one)) }
}

interface Outcome {
  readonly files: Files
  readonly rejected: ReadonlyArray<string>
  readonly ledgers: ReadonlyArray<Ledger.Ledger>
}

const played = Effect.fnUntraced(function* <R>(
  here: Location<R>,
  { completion }: Stage<R>,
  steps: ReadonlyArray<Step>
) {
  let receipt: Option.Option<Sink.Receipt> = Option.none()
  for (const step of steps) {
    const from: Option.Option<Sink.Receipt> = receipt
    receipt = Option.some(
      yield* here.opened(from, (session) =>
        Effect.gen(function* () {
          yield* act(session, step)
          const reached = yield* session.commit
          for (const lost of step.lost ?? []) yield* act(session, lost)
          if (step.lost !== undefined) yield* session.commit
          return reached
        })
      )
    )
  }
  const summaries = yield* here.opened(receipt, (session) => finish(session, completion))
  const files = new Map(Array.from(yield* here.files).filter(([name]) => name !== MANIFEST))
  const outcome: Outcome = {
    files,
    rejected: here.rejected.map(({ code, location }) => `${code} ${location}`).toSorted(byText),
    ledgers: summaries.map(({ ledger }) => ledger)
  }
  return outcome
})

const act = (session: Sink.Session, { exclude = [], write = [] }: Step) =>
  Effect.andThen(
    exclude.length === 0 ? Effect.void : session.exclude(exclude),
    writeIn(session, write, 50, () => Effect.void)
  )

const byText = (a: string, b: string) => (a < b ? -1 : 1)

const sameRejects = (name: string, expected: ReadonlyArray<string>, actual: ReadonlyArray<string>) =>
  expected.join("\n") === actual.join("\n")
    ? undefined
    : {
        expected: `${expected.length} rejected when channels and messages are left out ${name}, as without them in the source`,
        actual: `${actual.length}, or different ones`
      }

const counts = (
  name: string,
  belonging: number,
  expected: ReadonlyArray<Ledger.Ledger>,
  actual: ReadonlyArray<Ledger.Ledger>
) => {
  const sum = (ledgers: ReadonlyArray<Ledger.Ledger>, of: (counts: Ledger.Counts) => number) =>
    ledgers.reduce(
      (all, { kinds }) => Ledger.ledgerKinds.reduce((total, kind) => total + of(kinds[kind]), all),
      0
    )
  const dropped = sum(actual, (row) => row.dropped[REASON] ?? 0)
  // A sink may join records of one thing, or be given only some kinds, before it checks whether they are left out.
  const others = (row: Ledger.Counts) => Ledger.total(row.merged) + (row.dropped["unsupported_kind"] ?? 0)
  const found = dropped + sum(actual, others) - sum(expected, others)
  return [
    found === belonging
      ? undefined
      : {
          expected: `${belonging} records dropped under the reason of the channels and messages that are left out ${name}`,
          actual: `${found}`
        },
    ...actual.flatMap(Ledger.imbalance).map(({ kind, missing }) => ({
      expected: `that ${kind} balances when channels and messages are left out ${name}`,
      actual: `${missing} missing`
    }))
  ]
}
