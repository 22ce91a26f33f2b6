/** Every sink, with various settings. */
import { Sink } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { type StreamImportPolicies, StreamImportSink } from "@chatferry/sink-stream-import"
import type { FileSystem, Path } from "effect"

type AnySink = Sink.Sink<FileSystem.FileSystem | Path.Path>
export type StreamSettings = StreamImportPolicies.PoliciesConfig & { readonly idMap?: string }

const streams = (out: string, settings: StreamSettings = {}): ReadonlyArray<AnySink> => [
  StreamImportSink.make({
    ...settings,
    name: "stream-jsonl",
    directory: `${out}/stream-jsonl`,
    dialect: "jsonl"
  }),
  StreamImportSink.make({
    ...settings,
    // The older dialect has only this one.
    memberItem: "member",
    name: "stream-json",
    directory: `${out}/stream-json`,
    dialect: "json-array"
  })
]

/** Both dialects with the same settings. */
export const stream =
  (settings: StreamSettings = {}) =>
  (out: string): AnySink =>
    Sink.tee(streams(out, settings))

export const ndjson =
  (settings: Omit<NdjsonSink.NdjsonSinkConfig, "directory"> = {}) =>
  (out: string): AnySink =>
    NdjsonSink.make({ ...settings, directory: `${out}/ndjson` })

/** Both dialects of the Stream import, both layouts of NDJSON, one of them compressed, and the attachment inventory. */
export const all = (out: string): AnySink =>
  Sink.tee([
    ...streams(out),
    NdjsonSink.make({ directory: `${out}/ndjson` }),
    NdjsonSink.make({ name: "mixed", directory: `${out}/mixed`, layout: "mixed", gzip: true }),
    AttachmentInventory.sink({ directory: `${out}/attachments` })
  ])
