import { Consequence, type Entity, type Rejected, Source, SourceError } from "@chatferry/core"
import { Corrections, RejectedLine } from "@chatferry/core/run"
import { EntityGenerator, SourceHarness } from "@chatferry/testkit"
import { Effect, Option, Stream } from "effect"

export interface Part {
  readonly id: string
  readonly items: ReadonlyArray<Entity.Entity | Rejected.Rejected>
}

export const CONTENT = "CANARY-CONTENT"
export const SECRET = "CANARY-TOKEN"

const MISSING_ID = Consequence.make("missing_id", { effect: "lost", says: "messages without an id" })
const SEEN = Consequence.make("seen", { effect: "information", says: "items that were looked at" })

/** `n`: its number in the part, from 1. */
const rejected = (n: number): Rejected.Rejected => ({
  kind: "message",
  code: MISSING_ID.code,
  message: "message_id is missing",
  location: `list:record ${n}`,
  address: { bytes: [n - 1, n] },
  original: { text: CONTENT }
})

/** The correct versions of the rejects. */
export const right = (location: string): Entity.Entity => ({
  ...(EntityGenerator.make({ records: 60, seed: 3 }).find(
    ({ _tag }) => _tag === "message"
  ) as Entity.Entity<"message">),
  text: location
})

/** The same parts without errors. */
export const rightParts = (): ReadonlyArray<Part> =>
  parts.map(({ id, items }) => ({
    id,
    items: items.map((item) => ("code" in item ? right(item.location) : item))
  }))

/** Replaces the corrected items; `at` finds the item at an address. */
const corrected = (
  items: Part["items"],
  corrections: ReadonlyArray<Corrections.Correction>,
  at: (n: number) => number
): Part["items"] => {
  const all = Array.from(items)
  for (const { address, corrected: original } of corrections) {
    const n = at(address.bytes[0])
    const item = all[n]
    if (item === undefined) continue
    all[n] =
      "code" in item && !isEntity(original) ? { ...item, original } : (original as unknown as Entity.Entity)
  }
  return all
}

const isEntity = (value: unknown) => typeof value === "object" && value !== null && "_tag" in value

export const parts: ReadonlyArray<Part> = [
  { id: "first", items: [...EntityGenerator.make({ records: 45 }), rejected(46)] },
  { id: "second", items: [rejected(1), ...EntityGenerator.make({ records: 30, seed: 2 })] },
  { id: "empty", items: [] }
]

const BATCH = 10

/** A source that keeps the contract. Its positions are numbers of items. */
export const make = (of: ReadonlyArray<Part> = parts, at: (n: number) => number = (n) => n): Source.Source =>
  Source.make({
    name: "list",
    kinds: new Set<Entity.Kind>(["user", "channel", "member", "message", "reaction", "failed_webhook"]),
    consequences: [MISSING_ID, SEEN],
    rejected: RejectedLine.reader("list", (line) =>
      Effect.succeed(RejectedLine.again(line, "message_id is missing"))
    ),
    open: Effect.succeed({
      fingerprint: {},
      partitions: Effect.succeed(
        of.map(({ id, items }) => ({ id, bytes: items.length * 100, fingerprint: `${items.length} items` }))
      ),
      read: (partition, position) => {
        const items = of.find(({ id }) => id === partition.id)?.items ?? []
        const start = Option.getOrElse(position, () => 0)
        if (typeof start !== "number" || start > items.length) {
          const problem = "it is not a count"
          return Stream.fail(new SourceError.InvalidPosition({ partition: partition.id, problem }))
        }
        return Stream.unwrap(
          Effect.map(Corrections.OfPartition, (corrections) =>
            Stream.fromIterable(cut(corrected(items, corrections, at), start)).pipe(Stream.rechunk(1))
          )
        )
      },
      retrace: ({ id }, readDigest) => {
        const items = of.find((part) => part.id === id)?.items ?? []
        const isOurs = typeof readDigest === "object" && readDigest !== null && "items" in readDigest
        if (isOurs && Number(readDigest.items) <= items.length) return Effect.void
        return Effect.fail(SourceError.changedContent(id))
      }
    })
  })

function* cut(items: Part["items"], start: number): Generator<Source.Batch> {
  for (let from = start; from < items.length; from += BATCH) {
    const some = items.slice(from, from + BATCH)
    yield {
      records: some.filter((item) => "_tag" in item),
      rejected: some.filter((item) => "code" in item),
      notes: { [SEEN.code]: some.length },
      position: from + some.length,
      bytes: some.length * 100,
      location: `list:record ${from + some.length}`,
      readDigest: { items: from + some.length }
    }
  }
}

/** The same source with every batch changed. */
export const changed = (change: (batch: Source.Batch) => unknown): Source.Source =>
  SourceHarness.changed(make(), ({ read }) => ({
    read: (partition, position) =>
      Stream.map(read(partition, position), (batch) => change(batch) as Source.Batch)
  }))

/** The same source with changed positions. */
export const moved = (
  move: (position: Option.Option<Source.Position>) => Option.Option<Source.Position>
): Source.Source =>
  SourceHarness.changed(make(), ({ read }) => ({
    read: (partition, position) => read(partition, move(position))
  }))
