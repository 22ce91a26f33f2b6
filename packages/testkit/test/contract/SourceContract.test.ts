import { Consequence, type Entity, Rejected, Source, SourceError } from "@chatferry/core"
import { Contract, EntityGenerator, SourceContract, SourceHarness } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Result, Stream } from "effect"
import * as ListSource from "../ListSource.ts"
import * as Only from "../pigeon/only.ts"

const good = ListSource.make()

const expected = (() => {
  const records: { [K in Entity.Kind]?: number } = {}
  for (const { items } of ListSource.parts) {
    for (const item of items) if ("_tag" in item) records[item._tag] = (records[item._tag] ?? 0) + 1
  }
  return { records, rejected: { message: 2 } }
})()

const options = (source: Source.Source): SourceContract.Options<never> => ({
  source,
  changed: [{ what: "a part less", source: ListSource.make(ListSource.parts.slice(1)) }],
  expected,
  corrected: {
    source: ListSource.make(ListSource.rightParts()),
    originalOf: ({ location }) => Rejected.originalOf(ListSource.right(location))
  },
  secrets: [ListSource.SECRET],
  content: [ListSource.CONTENT],
  positions: 5
})

const firstRecord = (batch: Source.Batch, change: (record: Entity.Entity) => unknown) => ({
  ...batch,
  records: batch.records.map((record, i) => (i === 0 ? change(record) : record))
})

const firstRejected = (batch: Source.Batch, change: Record<string, unknown>) => ({
  ...batch,
  rejected: batch.rejected.map((rejected) => ({ ...rejected, ...change }))
})

// One position shared by all readings, like a source that keeps a file open.
const sharingOneCursor = (): Source.Source => {
  let cursor: ReadonlyArray<Source.Batch> = []
  return SourceHarness.changed(good, ({ read }) => ({
    read: (partition, position) =>
      Stream.unwrap(
        Effect.map(Stream.runCollect(read(partition, position)), (batches) => {
          cursor = batches
          return Stream.fromIterable(batches).pipe(
            Stream.rechunk(1),
            Stream.filter((batch) => cursor.includes(batch))
          )
        })
      )
  }))
}

const changingEachTime = (): Source.Source => {
  let times = 0
  return ListSource.changed((batch) => ({
    ...batch,
    location: `${batch.location} for the ${++times}th time`
  }))
}

const withConsequences = (
  consequences: ReadonlyArray<Consequence.Consequence> | undefined
): Source.Source => {
  const { consequences: _, ...source } = good
  return consequences === undefined ? source : { ...source, consequences }
}

const fingerprintOf = (next: () => string): Source.Source =>
  SourceHarness.changed(good, () => ({ fingerprint: { setting: next() } }))

const withoutRetrace = (): Source.Source => ({
  ...good,
  open: Effect.map(good.open, ({ retrace: _retrace, ...rest }) => rest)
})

const withoutRejected = (): Source.Source => {
  const { rejected: _, ...rest } = good
  return rest
}

const readAgain =
  (change: (mapped: Source.Mapped) => Source.Mapped): Source.Source["rejected"] =>
  (line) =>
    Effect.map(good.rejected?.(line) ?? Effect.never, change)

const rejectsMutants: ReadonlyArray<{
  readonly mutant: string
  readonly rejected: Source.Source["rejected"] | undefined
}> = [
  { mutant: "no way to read rejects", rejected: undefined },
  { mutant: "a reject that is read as nothing", rejected: readAgain((one) => ({ ...one, rejected: [] })) },
  {
    mutant: "a reject that is read as a different one",
    rejected: readAgain((one) => ({ ...one, rejected: one.rejected.map((of) => ({ ...of, code: "other" })) }))
  },
  {
    mutant: "a reject whose original changes",
    rejected: readAgain((one) => ({ ...one, rejected: one.rejected.map((of) => ({ ...of, original: {} })) }))
  },
  {
    mutant: "accepting the lines of other sources",
    rejected: (line) =>
      Effect.map(Effect.exit(good.rejected?.(line) ?? Effect.never), (exit) =>
        exit._tag === "Success" ? exit.value : { records: [], rejected: [], notes: {} }
      )
  }
]

const runningOnce = (): Source.Source =>
  SourceHarness.changed(good, ({ read }) => ({
    read: (partition, position) => {
      let times = 0
      return Stream.suspend(() => (times++ === 0 ? read(partition, position) : Stream.empty))
    }
  }))

/** Cuts the first two partitions in two, and changes what becomes of it. */
const inTwo = (change: (reader: Source.Reader) => Partial<Source.Reader> = () => ({})): Source.Source => ({
  ...good,
  open: Effect.map(good.open, ({ read, segments, ...rest }) => {
    const reader: Source.Reader = {
      ...rest,
      segments: Effect.map(segments, (found) =>
        found.flatMap((segment): ReadonlyArray<Source.Segment> => {
          const { bytes = 0, partition } = segment
          if (bytes === 0) return [segment]
          return [
            { partition, no: 0, range: [0, MIDDLE], bytes: MIDDLE * 100 },
            { partition, no: 1, range: [MIDDLE, bytes / 100], bytes: bytes - MIDDLE * 100 }
          ]
        })
      ),
      read: ({ no, partition, range }, position) => {
        const whole = Source.whole(partition)
        if (range === null) return read(whole, position)
        if (no === 1)
          return read(
            whole,
            Option.orElseSome(position, () => MIDDLE)
          )
        return Stream.takeWhile(read(whole, position), (batch) => Number(batch.position) <= MIDDLE)
      }
    }
    return { ...reader, ...change(reader) }
  })
})

/** The end of a batch. */
const MIDDLE = 20

const rememberingSegments = () =>
  inTwo(({ read }) => {
    const seen = new Set<string>()
    return {
      read: (segment, position) => {
        seen.add(`${segment.partition.id}/${segment.no}`)
        return Stream.map(read(segment, position), (batch) => ({ ...batch, notes: { seen: seen.size } }))
      }
    }
  })

const withTwiceTheBytes = () =>
  inTwo(({ segments }) => ({
    segments: Effect.map(segments, (found) =>
      found.map((segment) => ({
        ...segment,
        partition: { ...segment.partition, bytes: 2 * (segment.partition.bytes ?? 0) }
      }))
    )
  }))

let asked = 0

const mutants: ReadonlyArray<{
  readonly rule: string
  readonly mutant: string
  readonly source: Source.Source
}> = [
  {
    rule: "names its partitions uniquely and the same each time",
    mutant: "two partitions with one id",
    source: SourceHarness.changed(good, ({ partitions }) => ({
      partitions: Effect.map(partitions, ([a]) => (a === undefined ? [] : [a, a]))
    }))
  },
  {
    rule: "names its partitions uniquely and the same each time",
    mutant: "partitions in a different order each time",
    source: SourceHarness.changed(good, ({ partitions }) => ({
      partitions: Effect.map(partitions, (found) => (asked++ % 2 === 0 ? found : found.toReversed()))
    }))
  },
  {
    rule: "cuts its partitions into segments by their content alone",
    mutant: "a cut that depends on the machine",
    source: inTwo(({ segments }) => ({
      segments: Effect.map(segments, (found) => (asked++ % 2 === 0 ? found : found.slice(1)))
    }))
  },
  {
    rule: "gives the same batches from each segment alone as in order",
    mutant: "a reader that remembers the segments before",
    source: rememberingSegments()
  },
  {
    rule: "counts the bytes of each segment",
    mutant: "segments that are not the whole partition",
    source: withTwiceTheBytes()
  },
  {
    rule: "gives the same batches each time it is read",
    mutant: "a location that counts readings",
    source: changingEachTime()
  },
  {
    rule: "gives the same batches each time it is read",
    mutant: "a stream that runs once",
    source: runningOnce()
  },
  {
    rule: "can be read by two readers at once",
    mutant: "a cursor shared by readings",
    source: sharingOneCursor()
  },
  {
    rule: "gives entities that are valid and survive JSON",
    mutant: "a field that is undefined",
    source: ListSource.changed((batch) =>
      firstRecord(batch, (record) => ({ ...record, updatedAt: undefined }))
    )
  },
  {
    rule: "gives entities that are valid and survive JSON",
    mutant: "a field that is null",
    source: ListSource.changed((batch) => firstRecord(batch, (record) => ({ ...record, custom: null })))
  },
  {
    rule: "gives entities that are valid and survive JSON",
    mutant: "a field that the model does not know",
    source: ListSource.changed((batch) => firstRecord(batch, (record) => ({ ...record, nickname: "x" })))
  },
  {
    rule: "gives entities that are valid and survive JSON",
    mutant: "a Date",
    source: ListSource.changed((batch) =>
      firstRecord(batch, (record) => ({ ...record, createdAt: new Date(0) }))
    )
  },
  {
    rule: "gives only the kinds that it declares",
    mutant: "a kind that is not declared",
    source: { ...good, kinds: new Set<Entity.Kind>(["user"]) }
  },
  {
    rule: "gives positions that survive JSON",
    mutant: "a position with a hole",
    source: ListSource.changed((batch) => ({ ...batch, position: { at: batch.position, in: undefined } }))
  },
  {
    rule: "resumes with exactly the rest after a position",
    mutant: "a repeated record",
    source: ListSource.moved(
      Option.map((position) => (typeof position === "number" ? position - 1 : position))
    )
  },
  {
    rule: "resumes with exactly the rest after a position",
    mutant: "a lost record",
    source: ListSource.moved(
      Option.map((position) => (typeof position === "number" ? Math.min(30, position + 1) : position))
    )
  },
  {
    rule: "resumes with exactly the rest after a position",
    mutant: "everything in one batch, so that nothing is resumed",
    source: Source.fromEntities("list", EntityGenerator.make({ records: 1000 }))
  },
  {
    rule: "resumes with exactly the rest after a position",
    mutant: "nothing to resume from",
    source: Source.fromEntities("list", EntityGenerator.make({ records: 1 }))
  },
  {
    rule: "gives nothing after the last position",
    mutant: "an end that is mistaken for the start",
    source: ListSource.moved(Option.filter((position) => position !== 46 && position !== 31))
  },
  {
    rule: "rejects a position it did not write",
    mutant: "a foreign position that is mistaken for the start",
    source: ListSource.moved(Option.filter((position) => typeof position === "number"))
  },
  {
    rule: "rejects a position it did not write",
    mutant: "a foreign position that is a defect",
    source: SourceHarness.changed(good, ({ read }) => ({
      read: (partition, position) =>
        Option.isSome(position) && typeof position.value !== "number"
          ? Stream.die(new TypeError("not a number"))
          : read(partition, position)
    }))
  },
  {
    rule: "has the same fingerprint each time",
    mutant: "a fingerprint that counts",
    source: fingerprintOf(() => `asked ${++asked} times`)
  },
  {
    rule: "has a different fingerprint when the input or a setting changes",
    mutant: "constant fingerprints",
    source: ListSource.make(ListSource.parts.slice(1))
  },
  {
    rule: "says what is wrong and where for each rejected record",
    mutant: "a reject without a location",
    source: ListSource.changed((batch) => firstRejected(batch, { location: "" }))
  },
  {
    rule: "says what is wrong and where for each rejected record",
    mutant: "a code that is a sentence",
    source: ListSource.changed((batch) => firstRejected(batch, { code: "Missing id" }))
  },
  {
    rule: "says what is wrong and where for each rejected record",
    mutant: "a reject without an original",
    source: ListSource.changed((batch) => firstRejected(batch, { original: null }))
  },
  ...rejectsMutants.map(({ mutant, rejected }) => ({
    rule: "reads each of its rejects again, alone, and no other line",
    mutant,
    source: rejected === undefined ? withoutRejected() : { ...good, rejected }
  })),
  {
    rule: "finds a reject by its address and reads the correction in its place",
    mutant: "a correction that replaces another record",
    source: ListSource.make(ListSource.parts, (n) => (n === 0 ? 1 : n - 1))
  },
  {
    rule: "gives the same from corrected rejects as from a correct input",
    mutant: "addresses without corrections",
    source: ListSource.make(ListSource.parts, () => -1)
  },
  {
    rule: "declares the meaning of each code it counts",
    mutant: "a reject with an undeclared code",
    source: ListSource.changed((batch) => firstRejected(batch, { code: "other" }))
  },
  {
    rule: "declares the meaning of each code it counts",
    mutant: "an undeclared note",
    source: ListSource.changed((batch) => ({ ...batch, notes: { other: 1 } }))
  },
  {
    rule: "declares the meaning of each code it counts",
    mutant: "no declarations at all",
    source: withConsequences(undefined)
  },
  {
    rule: "declares the meaning of each code it counts",
    mutant: "a sentence with a gap",
    source: withConsequences([
      Consequence.make("{code}", { effect: "lost", says: "records without {field}" })
    ])
  },
  {
    rule: "declares the meaning of each code it counts",
    mutant: "rejects that are declared as notes",
    source: withConsequences(
      ["missing_id", "seen"].map((code) =>
        Consequence.make(code, { effect: "lost", says: "records", outcome: "noted" })
      )
    )
  },
  {
    rule: "shows no ids in the locations of its batches",
    mutant: "a location that names the channel",
    source: ListSource.changed((batch) => {
      const named = batch.records.find((record) => "id" in record && record.id.length >= 6)
      return named === undefined || !("id" in named) ? batch : { ...batch, location: `channels/${named.id}` }
    })
  },
  {
    rule: "counts the bytes of each segment",
    mutant: "twice the bytes",
    source: ListSource.changed((batch) => ({ ...batch, bytes: batch.bytes * 2 }))
  },
  {
    rule: "counts the bytes of each segment",
    mutant: "bytes that are not a number",
    source: ListSource.changed((batch) => ({ ...batch, bytes: Number.NaN }))
  },
  {
    rule: "gives the expected records and rejects",
    mutant: "a record that is left out",
    source: ListSource.changed((batch) => ({ ...batch, records: batch.records.slice(1) }))
  },
  {
    rule: "gives the expected records and rejects",
    mutant: "rejects that are left out",
    source: ListSource.changed((batch) => ({ ...batch, rejected: [] }))
  },
  {
    rule: "keeps secrets out of records and rejects",
    mutant: "a token in a custom field",
    source: ListSource.changed((batch) =>
      firstRecord(batch, (record) => ({ ...record, custom: { list: { token: `${ListSource.SECRET}-1` } } }))
    )
  },
  {
    rule: "shows no record content in messages, locations and names",
    mutant: "a message that quotes the record",
    source: ListSource.changed((batch) =>
      firstRejected(batch, { message: `${ListSource.CONTENT} is not an id` })
    )
  },
  {
    rule: "retraces its own read digests and rejects others",
    mutant: "read digests that nobody can retrace",
    source: withoutRetrace()
  },
  {
    rule: "retraces its own read digests and rejects others",
    mutant: "a read digest of what comes next",
    source: ListSource.changed((batch) => ({ ...batch, readDigest: { items: Number(batch.position) + 1 } }))
  },
  {
    rule: "retraces its own read digests and rejects others",
    mutant: "accepting any read digest",
    source: SourceHarness.changed(good, () => ({ retrace: () => Effect.void }))
  },
  {
    rule: "gives positions that survive JSON",
    mutant: "a read digest that is undefined within",
    source: ListSource.changed((batch) => ({ ...batch, readDigest: { items: undefined } }))
  },
  {
    rule: "shows no record content in messages, locations and names",
    mutant: "a read digest that quotes the record",
    source: ListSource.changed((batch) => ({ ...batch, readDigest: { items: 0, text: ListSource.CONTENT } }))
  },
  {
    rule: "shows no record content in messages, locations and names",
    mutant: "a location that quotes the record",
    source: ListSource.changed((batch) => ({ ...batch, location: ListSource.CONTENT }))
  }
]

describe("SourceContract", () => {
  it.effect.each(SourceContract.rules(options(good)))("is kept by a good source: $name", ({ check }) => check)

  it.effect.each(SourceContract.rules(options(inTwo())))(
    "is kept by a good source with segments: $name",
    ({ check }) => check
  )

  it.effect.each(mutants)("detects a source that breaks it: $mutant ($rule)", ({ rule: name, source }) =>
    Effect.gen(function* () {
      const rule = SourceContract.rules(options(source)).find((candidate) => candidate.name === name)
      assert.isDefined(rule)
      if (rule === undefined) return
      const violation = yield* Effect.flip(rule.check)
      assert.strictEqual(violation._tag, "ContractViolation")
      assert.strictEqual(violation.rule, name)
      assert.notInclude(violation.message, ListSource.CONTENT)
    })
  )

  it.effect.each<{ readonly rule: string; readonly source: Source.Source; readonly says: string }>([
    {
      rule: "keeps secrets out of records and rejects",
      source: ListSource.changed((batch) =>
        firstRecord(batch, (record) => ({ ...record, custom: { list: { token: ListSource.SECRET } } }))
      ),
      says: "expected no secret in record 1 (a message) of partition first, batch 1, got number 1 at .custom.list.token"
    },
    {
      rule: "keeps secrets out of records and rejects",
      source: ListSource.changed((batch) => firstRejected(batch, { original: [1, ListSource.SECRET] })),
      says: "expected no secret in rejected 1 (missing_id) of partition first, batch 5, got number 1 at .original[1]"
    },
    {
      rule: "keeps secrets out of records and rejects",
      source: ListSource.changed((batch) => ({ ...batch, location: ListSource.SECRET })),
      says: "expected no secret in partition first, batch 1, got number 1 at .location"
    },
    {
      rule: "keeps secrets out of fingerprints, partitions, errors and logs",
      source: SourceHarness.changed(good, ({ read }) => ({
        read: (partition, position) =>
          Stream.tap(read(partition, position), () =>
            Effect.succeed(ListSource.SECRET).pipe(Effect.withSpan("List.ask"))
          )
      })),
      says: "expected no secret in its logs, spans and errors, got number 1 in the span List.ask, at .status.exit.value"
    },
    {
      rule: "shows no record content in messages, locations and names",
      source: ListSource.changed((batch) => firstRejected(batch, { message: ListSource.CONTENT })),
      says: "expected no text of `content` in rejected 1 of partition first, batch 5, got number 1 at .message"
    },
    {
      rule: "reads each of its rejects again, alone, and no other line",
      source: { ...good, rejected: () => new SourceError.InvalidReject({ problem: "it has no channel" }) },
      says: "expected reject 1, missing_id at list:record 46, to be read again, got @chatferry/core/SourceError/InvalidReject: cannot read this line of rejects: it has no channel"
    }
  ])("says what is wrong and where: $says", ({ rule, says, source }) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(Contract.check(SourceContract.rules(options(source)), rule))
      assert.strictEqual(message, `${rule}: ${says}`)
    })
  )

  it("has a mutant for each of its rules", () => {
    const covered = new Set([...mutants, ...Only.sources, ...Only.services].map(({ rule }) => rule))
    assert.deepStrictEqual(
      SourceContract.rules(options(good))
        .map(({ name }) => name)
        .filter((name) => !covered.has(name)),
      []
    )
  })

  it.effect("reports a source that fails as a violation", () =>
    Effect.gen(function* () {
      const failing = SourceHarness.changed(good, () => ({
        read: () => Stream.die(new Error("the disk is gone"))
      }))
      const violations = yield* Effect.forEach(SourceContract.rules({ source: failing }), ({ check }) =>
        Effect.result(check)
      )
      const messages = violations.flatMap((result) =>
        Result.isFailure(result) ? [result.failure.message] : []
      )
      assert.isTrue(messages.length > 5 && messages.every((message) => message.includes("the disk is gone")))
    })
  )

  it.effect("has fewer rules when less is known about the fixture", () =>
    Effect.sync(() => {
      const few = SourceContract.rules({ source: good })
      const all = SourceContract.rules(options(good))
      assert.strictEqual(all.length - few.length, 6)
    })
  )
})
