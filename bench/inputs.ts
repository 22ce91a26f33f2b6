/**
 * What the cases read: made once and kept in the temporary folder, under names that say how it was made.
 *
 * Exports are written as real ones are, Sendbird's indented by two spaces, with all the oddities of the generators but
 * two: no message id is above 2^53, because the scripts that we compare with read numbers as `JSON.parse` does, and would
 * write other ids, and no text has half an emoji, which jq rejects.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Entity, Migration, type Source } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"

export interface Input {
  /** In the order in which they are read. */
  readonly paths: ReadonlyArray<string>
  /** Inflated. */
  readonly bytes: number
  readonly messages: number
  /** Of all kinds. */
  readonly records: number
}

export const SCRATCH = join(tmpdir(), "chatferry-bench")

export const INPUTS = ["sendbird-json", "sendbird-csv", "stream-v1", "stream-v2", "ndjson", "import"] as const
export type InputName = (typeof INPUTS)[number]

/** Makes an input, or finds the one that was made before. */
export const input = async (name: InputName, messages: number): Promise<Input> => {
  const directory = join(SCRATCH, `${name}-${messages}`)
  const about = join(directory, "about.json")
  if (!existsSync(about)) {
    rmSync(directory, { recursive: true, force: true })
    const making = `${directory}.making`
    rmSync(making, { recursive: true, force: true })
    mkdirSync(making, { recursive: true })
    const made = await MAKE[name](making, messages)
    const paths = made.paths.map((path) => path.slice(making.length + 1))
    writeFileSync(join(making, "about.json"), JSON.stringify({ ...made, paths, messages }))
    renameSync(making, directory)
  }
  const found = JSON.parse(readFileSync(about, "utf8")) as Input
  return { ...found, paths: found.paths.map((path) => join(directory, path)) }
}

// internal

const SEED = 1

type Made = Omit<Input, "messages">

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((all, count) => all + count, 0)

const run = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeServices.layer))

const sendbird = async (directory: string, messages: number, format: "json" | "csv"): Promise<Made> => {
  const options = {
    seed: SEED,
    messages,
    pretty: format === "json",
    format,
    features: { bigIds: 0, loneSurrogates: 0 }
  }
  const { archives, bytes, truth } = await run(SendbirdExport.writeZips(directory, options))
  return { paths: archives, bytes, records: sum(truth.records) }
}

const stream = async (directory: string, messages: number, version: "v1" | "v2"): Promise<Made> => {
  const app = StreamExport.generate({ seed: SEED, messages })
  const path = join(directory, "export.json")
  await run(StreamExport.writeFile(path, app.channels({ version })))
  return { paths: [path], bytes: statSync(path).size, records: sum({ ...app.truth({ version }).distinct }) }
}

/** What a migration of the Sendbird export writes. */
const migrated = async (directory: string, messages: number, output: "ndjson" | "stream"): Promise<Made> => {
  const { paths } = await input("sendbird-json", messages)
  const out = join(directory, "out")
  const source: Source.Source<NodeServices.NodeServices> = SendbirdSource.archives({ inputs: paths })
  const report = await run(
    Migration.run({
      id: "bench-input",
      source,
      sink:
        output === "ndjson"
          ? NdjsonSink.make({ directory: out })
          : StreamImportSink.make({ directory: out, dialect: "jsonl" }),
      stateDirectory: join(directory, "state")
    })
  )
  rmSync(join(directory, "state"), { recursive: true })
  const [sink] = report.sinks
  if (sink === undefined) throw new Error("the migration has no sink")
  const files = sink.files.filter(({ path }) => path.endsWith(output === "ndjson" ? ".ndjson" : ".jsonl"))
  return {
    paths: output === "ndjson" ? [out] : files.map(({ path }) => join(out, path)),
    bytes: files.reduce((all, { bytes }) => all + bytes, 0),
    records: Entity.kinds.reduce((all, kind) => all + sink.ledger.kinds[kind].written, 0)
  }
}

const MAKE: Readonly<Record<InputName, (directory: string, messages: number) => Promise<Made>>> = {
  "sendbird-json": (directory, messages) => sendbird(directory, messages, "json"),
  "sendbird-csv": (directory, messages) => sendbird(directory, messages, "csv"),
  "stream-v1": (directory, messages) => stream(directory, messages, "v1"),
  "stream-v2": (directory, messages) => stream(directory, messages, "v2"),
  ndjson: (directory, messages) => migrated(directory, messages, "ndjson"),
  import: (directory, messages) => migrated(directory, messages, "stream")
}
