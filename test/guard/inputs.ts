/** The inputs of runs. Folders have the same names on all machines, because locations of rejects contain them. */
import { dirname } from "node:path"
import { type Entity } from "@chatferry/core"
import { HostileJson, SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { Effect, FileSystem, type Path, type Scope } from "effect"

/** Writes the files and gives their path. Each input is written once for all runs. */
export type Input = Effect.Effect<string, unknown, FileSystem.FileSystem | Path.Path | Scope.Scope>

/** Folder of the tests' files. */
export const TESTS = dirname(import.meta.dirname)

/** Prefix of temporary folders. */
export const PREFIX = "chatferry-guard-"

/** A folder of files. */
export const files = (content: () => SourceHarness.Files): Input =>
  Effect.suspend(() => SourceHarness.folderOf(content()))

/** An existing folder. */
export const there = (path: string): Input => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.realPath(path))

/** A generated Sendbird export. */
export const sendbird = (
  options: SendbirdExport.Options | (() => SendbirdExport.Options),
  form: "folders" | "zips" = "folders"
): Input =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = `${yield* fs.makeTempDirectoryScoped({ prefix: PREFIX })}/export`
    const given = typeof options === "function" ? options() : options
    yield* form === "zips"
      ? SendbirdExport.writeZips(folder, given)
      : SendbirdExport.writeFolders(folder, given)
    return folder
  })

/** Values as lines of JSON. */
export const lines = (values: ReadonlyArray<unknown>): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("")

/** Entities as NDJSON. */
export const entities = (make: () => ReadonlyArray<Entity.Entity>): Input =>
  files(() => ({ "entities.ndjson": lines(make()) }))

/** Copies of some objects as JSON, each with a different field, or the whole object, replaced by a hostile value. */
export const hostile = (bases: ReadonlyArray<object>, count: number, seed: number): ReadonlyArray<string> => {
  const next = HostileJson.make(seed)
  return Array.from({ length: count }, (_, i) => {
    const base = bases[i % bases.length] ?? {}
    const round = Math.floor(i / bases.length)
    const fields = Object.entries(base)
    const hit = round % (fields.length + 1)
    const value = round % 2 === 0 ? next() : shape(round)
    if (hit === fields.length) return value
    const members = fields.map(
      ([name, field], n) => `${JSON.stringify(name)}:${n === hit ? value : JSON.stringify(field ?? null)}`
    )
    return `{${members.join()}}`
  })
}

// internal

const shape = (n: number) => HostileJson.shapes[n % HostileJson.shapes.length]?.json ?? "null"
