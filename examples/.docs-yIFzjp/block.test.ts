import {
  Archives,
  ArchiveSource,
  BatchBuilder,
  Consequence,
  type Entity,
  Ids,
  Leftovers,
  NdjsonLines,
  Rejected,
  RejectedLine,
  Setting,
  Settings,
  Source,
  SourceError,
  Timestamp,
  Wire
} from "@chatferry/core"
import { Reading, SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema, Stream } from "effect"

/** What to read. A path or a list of paths, and the limits of all sources of archives. */
const PigeonConfig = Schema.Struct({
  inputs: Settings.incidental(Setting.paths),
  name: Settings.incidental(Settings.withDefault(Setting.name, "pigeon")),
  ...ArchiveSource.limitsFields
})

const kinds = new Set<Entity.Kind>(["user", "message"])

/** Reads exports of Pigeon: folders or zips of lines. */
const pigeon = (config: typeof PigeonConfig.Encoded) =>
  Source.fromConfig({ schema: PigeonConfig, config, name: "pigeon", kinds }, (settings) =>
    ArchiveSource.make({
      name: settings.name,
      kinds,
      consequences: [...Object.values(codes), ...Object.values(Leftovers.declared)],
      inputs: settings.inputs,
      limits: settings,
      // What is not a Pigeon export at all is an error, and not a run without records.
      format: {
        expected: "a Pigeon export",
        judge: ({ bytes }) => (/"kind":"(?:user|note)"/u.test(bytes.toString("utf8")) ? "own" : "nothing")
      },
      // Which parts, and how they are read: what is in them is the partitions' own fingerprint.
      fingerprint: (parts) => ({
        mapping: 1,
        ...Settings.fingerprint(PigeonConfig, settings),
        inputs: parts.map(({ id }) => id)
      }),
      read: (archive, _bytes, position) => readArchive(archive, position),
      retrace: (archive, trail) => Archives.compare(archive, trail, everyFile),
      // A line of rejects.ndjson, as it is or corrected, goes through the same mapping.
      rejected: (line) => Effect.sync(() => makeMapping().rejected(line))
    })
  )

/** What each code means that is counted. */
const codes = {
  missingId: Consequence.make("missing_id", { effect: "lost", says: "records without an id" }),
  missingChannel: Consequence.make("missing_channel", { effect: "lost", says: "notes without a room" }),
  invalidTime: Consequence.make("invalid_time", {
    effect: "lost",
    says: "notes whose time is missing or cannot be read",
    action: "Correct them in a copy of the export and run again under another id."
  }),
  invalidJson: Consequence.make("invalid_json", { effect: "lost", says: "lines that are not JSON" }),
  tooDeep: Consequence.make("too_deep", { effect: "lost", says: "records with values nested too deep" }),
  unknownKind: Consequence.make("unknown_kind", {
    effect: "lost",
    says: "records of a kind that is not read"
  })
}

/** A file that is not read, such as a picture, may change; here all are read. */
const everyFile = () => Effect.succeed(true)

const At = Schema.Struct({ entry: Schema.Int, lines: NdjsonLines.Position, read: Schema.String })
const decodeAt = Schema.decodeUnknownOption(At)
const LARGEST_LINE = 1 << 20

const readArchive = (archive: Archives.Archive, position: Option.Option<Source.Position>) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const at = Option.map(position, decodeAt)
      if (Option.isSome(at) && Option.isNone(at.value)) {
        return yield* SourceError.foreignPosition(archive.place)
      }
      const start = { entry: 0, lines: { offset: 0, line: 0 }, read: new Archives.Trail(archive).upTo(0) }
      const first = Option.getOrElse(Option.flatten(at), () => start)
      // What was read before must be the same now; what comes after may have been fixed.
      const { begun, trail } = yield* Archives.retrace(archive, first.read, everyFile)
      const map = makeMapping()
      return Stream.fromIterable(archive.entries.entries()).pipe(
        Stream.drop(first.entry),
        Stream.flatMap(([entry, { name }]) => {
          const isFirst = entry === first.entry
          const place = `${archive.place}${archive.separator}${Archives.shown(name)}`
          return readFile(
            archive,
            entry,
            isFirst ? first.lines : start.lines,
            isFirst ? begun : "",
            trail
          ).pipe(
            Stream.map(({ part, read }): Source.Batch => ({
              ...map.lines(part, place),
              position: { entry, lines: { ...part.position }, read },
              trail: read,
              bytes: part.bytes,
              // Shown as progress, so without names, which may hold ids.
              place: Archives.numbered(archive, entry)
            }))
          )
        })
      )
    })
  )

/** The parts of a file, each with the trail up to its end. */
const readFile = (
  archive: Archives.Archive,
  entry: number,
  from: NdjsonLines.Position,
  begun: string,
  trail: Archives.Trail
) =>
  Stream.unwrap(
    Effect.gen(function* () {
      // Of an archive the directory has all checksums. A loose file has to be read once more up to the position.
      const { chunks, passage } = archive.isSealed
        ? { chunks: yield* archive.open(entry, from.offset), passage: undefined }
        : yield* Archives.resume(archive, entry, begun, yield* archive.open(entry, 0), LARGEST_LINE)
      const print = archive.entries[entry]?.print
      return Archives.streamOf(chunks).pipe(
        NdjsonLines.decode({ maxLineBytes: LARGEST_LINE }, from),
        Stream.map((part) => {
          const { offset } = part.position
          const now = passage === undefined ? print : Archives.begunAt(offset, passage.upTo(offset))
          return { part, read: trail.upTo(entry, now) }
        }),
        Stream.concat(
          Stream.suspend(() => {
            if (passage !== undefined) trail.took(entry, passage.end())
            return Stream.empty
          })
        )
      )
    })
  )

const makeMapping = () => {
  const out = new BatchBuilder.BatchBuilder()
  const isBlank = (value: unknown) => value === null || value === ""
  const rest = Leftovers.perKind((fields) => new Leftovers.Leftovers(fields, { isBlank }, out))

  const user = (wire: Wire.Wire, id: string) => {
    const bag = rest(USER).into(undefined, wire)
    if (bag === Leftovers.TOO_DEEP)
      return out.reject("user", codes.tooDeep.code, Leftovers.TOO_DEEP_MESSAGE, wire)
    const name = Wire.text(wire["handle"])
    out.push({
      _tag: "user",
      id: Ids.UserId.make(id),
      ...(name !== undefined && { name }),
      ...(bag !== undefined && { custom: { pigeon: bag } })
    })
  }

  const message = (wire: Wire.Wire, id: string) => {
    const reject = (code: string, problem: string) => out.reject("message", code, problem, wire)
    const room = Wire.text(wire["room"])
    if (room === undefined) return reject(codes.missingChannel.code, "the note has no room")
    const at = Wire.text(wire["at"])
    const createdAt = at === undefined ? undefined : Timestamp.fromText(at)
    if (createdAt === undefined) return reject(codes.invalidTime.code, "at is missing or no time")
    const bag = rest(NOTE).into(undefined, wire)
    if (bag === Leftovers.TOO_DEEP) return reject(codes.tooDeep.code, Leftovers.TOO_DEEP_MESSAGE)
    const userId = Wire.userId(wire["by"])
    out.push({
      _tag: "message",
      id: Ids.MessageId.make(id),
      channelId: Ids.ChannelId.make(room),
      type: "regular",
      text: Wire.text(wire["says"]) ?? "",
      createdAt,
      ...(userId !== undefined && { userId }),
      ...(bag !== undefined && { custom: { pigeon: bag } })
    })
  }

  const record = (value: unknown) => {
    const wire = Wire.isWire(value) ? value : {}
    const id = Wire.text(wire["id"])
    if (id === undefined) out.reject("unknown", codes.missingId.code, "the record has no id", value)
    else if (wire["kind"] === "user") user(wire, id)
    else if (wire["kind"] === "note") message(wire, id)
    else out.reject("unknown", codes.unknownKind.code, "it is neither a user nor a note", value)
  }
  const unparsed = (problem: string, bytes: Uint8Array) =>
    out.rejectBytes("unknown", codes.invalidJson.code, `the line is ${problem}`, bytes)

  const lines = (part: NdjsonLines.LinesPart, place: string) => {
    for (const [i, value] of part.values.entries()) {
      const problem = part.failures.get(i)
      const range = { from: part.offsetOf(i), to: part.endOf(i) }
      out.origin = {
        place: (within) => `${place}:line ${part.lineOf(i)}${within} (${Rejected.bytesOf(range)})`,
        text: () => Buffer.from(part.bytesOf(i)).toString("utf8")
      }
      if (Rejected.isTooLarge(problem)) out.rejectTooLarge("unknown", range, LARGEST_LINE, "LARGEST_LINE")
      else if (problem !== undefined) unparsed(problem, part.bytesOf(i))
      else record(value)
    }
    return out.take()
  }
  const rejected = (line: RejectedLine.RejectedLine) => {
    const content = RejectedLine.contentOf(line)
    out.origin = RejectedLine.originOf(line, content)
    if (content.problem !== undefined) unparsed(content.problem, content.bytes)
    else record(content.value)
    return out.take()
  }
  return { lines, rejected }
}

const USER: Leftovers.Fields = { kind: "user", read: ["kind", "id", "handle"], dropped: ["session_token"] }
const NOTE: Leftovers.Fields = {
  kind: "message",
  read: ["kind", "id", "room", "by", "at", "says"],
  dropped: ["unread_count"]
}

// The rules that every source keeps, over an export with every oddity.
const lines = [
  '{"kind":"user","id":7,"handle":"ada","mood":"calm","session_token":"s3cret"}',
  '{"kind":"note","id":9007199254740993,"room":"lobby","by":7,"at":"2024-05-01T09:30:00Z","says":"hello"}',
  '{"kind":"note","id":2,"room":"lobby","at":"yesterday","says":"late"}',
  "no JSON at all",
  '{"kind":"poll","id":3}'
]
const source = Effect.gen(function* () {
  const folder = yield* Reading.folderOf({ "a.jsonl": lines.join("\n"), "more/b.jsonl": `${lines[1]}\n` })
  return pigeon({ inputs: [folder] })
})

describe("a source of our own", () => {
  it.effect("keeps every rule", () =>
    Effect.gen(function* () {
      const ours = yield* source
      for (const { check } of SourceContract.rules({ source: ours, secrets: ["s3cret"], content: ["hello"] }))
        yield* check
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("says which setting is wrong", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Reading.readAll(pigeon({ inputs: "", maxRato: 10 } as never)))
      assert.strictEqual(
        error.message,
        'pigeon: maxRato is not a setting; did you mean maxRatio? inputs must be a path or a list of paths, and is ""'
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("loses no digit and counts what it leaves out", () =>
    Effect.gen(function* () {
      const reading = yield* Reading.readAll(yield* source)
      assert.deepStrictEqual<ReadonlyArray<string>>(
        Reading.ofKind(reading, "message").map(({ id }) => id),
        ["9007199254740993", "9007199254740993"]
      )
      assert.deepStrictEqual(
        reading.rejected.map(({ code }) => code),
        ["invalid_time", "invalid_json", "unknown_kind"]
      )
      assert.deepStrictEqual(reading.notes, { "field_dropped.user.session_token": 1 })
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
