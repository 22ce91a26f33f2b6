// A source of a fictional provider: users in JSON, in lines and in rows, and groups in a separate file.
import { gzipSync } from "node:zlib"
import { ArchiveReader, type Archives, ArchiveSource, type RawValue } from "@chatferry/connector"
import { Consequence, Ids, SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { BatchBuilder } from "@chatferry/core/run"
import { Effect } from "effect"
import { zipOf } from "./files/zipOf.ts"

export interface Context {
  readonly out: BatchBuilder.BatchBuilder
  /** Names of groups, from a file that is read before all others. */
  readonly groups: Readonly<Record<string, unknown>>
  /** The number of users mapped so far. */
  count: number
  /** The team of the file. */
  team: string | null | undefined
}

const missingId = Consequence.make("missing_id", { effect: "lost", says: "users without an id" })

const map = (raw: RawValue.RawObject, context: Context, team?: string | null): void => {
  const { groups, out } = context
  const { id, name } = raw
  context.count++
  if (typeof id !== "string") return out.reject("user", missingId.code, "the user has no id", raw)
  const group = groups[String(raw["group"])]
  out.push({
    _tag: "user",
    id: Ids.UserId.make(id),
    name: typeof group === "string" ? `${String(name)} of ${group}` : String(name),
    custom: { pigeon: { count: context.count, ...(typeof team === "string" && { team }) } }
  })
}

const teamIn = (part: JsonElements.Part): string | undefined =>
  part._tag === "member" && part.name === "team"
    ? String((part.value as RawValue.RawObject)["id"])
    : undefined

export interface Settings extends Partial<ArchiveReader.Limits> {
  readonly inputs: string
  readonly isGrouped?: boolean
  /** It does not save the state of its mappings. */
  readonly isForgetful?: boolean
}

/** Only JSON files have teams. */
const inJson: ArchiveReader.Records<Context> = {
  kind: "user",
  map: (raw, context) => map(raw, context, context.team)
}

const documents = {
  json: ArchiveReader.elements<Context>({
    lists: { people: inJson, "": inJson },
    values: { team: { kind: "channel", map: () => {} } },
    begin: (context) => {
      context.team = undefined
    },
    meet: (member, context) => {
      context.team ??= teamIn(member as JsonElements.Member)
    },
    needs: (part, context, file, limits) => {
      if (context.team !== undefined || part.member === undefined) return undefined
      const reader = JsonElements.make(ArchiveReader.elementOptions(file, limits, (name) => name !== "team"))
      return Effect.map(ArchiveReader.search(file, reader, teamIn, limits), (found) => {
        context.team = found
      })
    },
    contextOf: (_value, _list, { team }) => (typeof team === "string" ? { team } : undefined),
    restore: ({ team, ...others }, context) => {
      context.team = typeof team === "string" ? team : undefined
      return Object.keys(others).length === 0
    },
    expected: "a Pigeon export"
  }),
  lines: ArchiveReader.lines<Context>((raw, context) => map(raw, context), { kind: "user" }),
  rows: ArchiveReader.rows<Context>((row, context) => map(row, context), { kind: "user" })
}

export const pigeon = ({ inputs, isForgetful = false, isGrouped = false, ...limits }: Settings) =>
  ArchiveReader.make<Context, keyof typeof documents, Readonly<Record<string, unknown>> | undefined>({
    name: "pigeon",
    kinds: ["user"],
    consequences: [missingId, ...Object.values(ArchiveReader.declaredOfRows)],
    inputs,
    limits: { ...ArchiveSource.DEFAULTS, maxNestedBytes: 1 << 20, ...limits },
    expected: "a Pigeon export",
    fingerprint: (parts: ReadonlyArray<Archives.Part>) => ({ inputs: parts.map(({ id }) => id) }),
    isGzipRead: true,
    recognise: ({ head, isWhole, name, location }) => {
      const content = name.replace(/\.gz$/u, "")
      if (content.endsWith("groups.json")) return "ignore"
      if (content.endsWith(".json")) {
        // Longer than a piece of a small archive, so `recognise` asks for more.
        if (head.length < 8 && !isWhole) return "more"
        return head[0] === 0x7b || head[0] === 0x5b
          ? "json"
          : SourceError.damagedFile(location, "it is not JSON")
      }
      if (content.endsWith(".jsonl")) return "lines"
      if (!content.endsWith(".csv")) return "ignore"
      const columns = ArchiveReader.columnsOf({ head, isWhole }, ",")
      if (columns === "more") return "more"
      if (columns === undefined) return "reject"
      return columns.includes("id") ? "rows" : { _tag: "unrecognised", problem: "the columns have no id" }
    },
    documents,
    ...(isGrouped && {
      before: (files) =>
        Effect.map(
          files.json("groups.json"),
          (found) => found as Readonly<Record<string, unknown>> | undefined
        )
    }),
    context: (groups) => ({
      out: new BatchBuilder.BatchBuilder(),
      groups: groups ?? {},
      count: 0,
      team: undefined
    }),
    ...(!isForgetful && { state })
  })

const state: ArchiveReader.State<Context> = {
  save: ({ count }) => ({ count }),
  restore: (context, stored) =>
    Effect.sync(() => {
      const count = (stored as { readonly count?: unknown } | null)?.count
      if (typeof count !== "number") return "foreign"
      context.count = count
      return count < 0 ? "changed" : "restored"
    })
}

export const users = (first: number, length: number) =>
  Array.from({ length }, (_, i) => ({ id: `p${first + i}`, name: `Person ${first + i}`, group: "g1" }))

/** Files of 7,300 users in all formats, some of them in several parts. */
export const files: Readonly<Record<string, string>> = {
  "a.json": JSON.stringify({ people: users(0, 2000), team: { id: "t1" } }),
  "b.jsonl": users(2000, 2000)
    .map((one) => `${JSON.stringify(one)}\n`)
    .join(""),
  "c.csv": `id,name,group\n${users(4000, 3000)
    .map(({ group, id, name }) => `${id},${name},${group}\n`)
    .join("")}`,
  "d.json": JSON.stringify(users(7000, 300)),
  "e.txt": "nothing of it"
}

const entriesOf = (all: Contents) => Object.entries(all).map(([name, content]) => ({ name, content }))

type Contents = Readonly<Record<string, string | Uint8Array>>

/** The files in every possible container. */
export const containersOf = (all: Contents): Readonly<Record<string, Contents>> => ({
  folder: all,
  zip: { "a.zip": zipOf(entriesOf(all)) },
  "zip in a zip": { "a.zip": zipOf([{ name: "1.zip", content: zipOf(entriesOf(all)) }]) },
  "zip without its extension in a folder": {
    "inner.bin": zipOf(entriesOf(all)),
    "z.txt": "so that it is a folder of files"
  },
  "folder of gzip": Object.fromEntries(
    Object.entries(all).map(([name, content]) => [`${name}.gz`, gzipSync(content)])
  ),
  "zip of gzip": {
    "a.zip": zipOf(
      Object.entries(all).map(([name, content]) => ({ name: `${name}.gz`, content: gzipSync(content) }))
    )
  }
})

export const containers: Readonly<Record<string, Contents>> = containersOf(files)
