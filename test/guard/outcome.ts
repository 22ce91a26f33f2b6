/** The result of a run, as a line that is the same on every machine. */
import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { type Ledger, type Report } from "@chatferry/core"
import { Cause, Effect, Exit, FileSystem, Path, Schema } from "effect"
import { ID, type Locations, type Services } from "./case.ts"
import { TESTS } from "./inputs.ts"

const Counts = Schema.Record(Schema.String, Schema.Finite)

const SinkLine = Schema.Struct({
  /** Counts other than 0, by kind and outcome. */
  kinds: Schema.Record(Schema.String, Counts),
  notes: Counts,
  /** SHA-256 of the ledger, and of the report's text about its codes. */
  ledger: Schema.String,
  consequences: Schema.String
})

export const Line = Schema.Struct({
  case: Schema.String,
  /** How the run ended: the report's status, or the tags of the error. */
  end: Schema.String,
  /** The message of the error. */
  message: Schema.optionalKey(Schema.String),
  /** Covers the source's content and all settings; manifests and reports are hashed without it. */
  fingerprint: Schema.optionalKey(Schema.String),
  /** SHA-256 by path. For a compressed file, also the hash of its content. */
  files: Schema.Record(Schema.String, Schema.String),
  sinks: Schema.Record(Schema.String, SinkLine)
})
export type Line = typeof Line.Type

/** Something that must never happen, whatever the earlier result. */
export class Violation extends Error {
  override readonly name = "Violation"
}

/** Describes how a run ended and the files it left behind. */
export const lineOf = (
  name: string,
  exit: Exit.Exit<Report.Report, unknown>,
  at: Locations
): Effect.Effect<Line, unknown, Services> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const folders = [path.dirname(at.input), path.dirname(at.out), TESTS].filter(
      (folder) => folder !== path.dirname(folder)
    )
    const report = Exit.isSuccess(exit) ? exit.value : undefined
    const state = path.join(at.state, ID)
    const files = {
      ...(yield* filesBelow(at.out, (file) => report !== undefined || !UNFINISHED.test(file))),
      ...(yield* filesBelow(state, (file) => file === "rejects.ndjson" || file === "report.json"))
    }
    const sums: Record<string, string> = {}
    for (const [file, bytes] of Object.entries(files)) {
      const content = file.endsWith(".gz") ? gunzipSync(bytes) : bytes
      if (content !== bytes) sums[`${file}, inflated`] = sha256(content)
      const isAbout = /(?:^|\/)(?:manifest|report)\.json$/u.test(file)
      sums[file] = sha256(isAbout ? neutral(String(bytes), folders) : bytes)
      const found = file === "report.json" ? undefined : folders.find((folder) => content.includes(folder))
      if (found !== undefined) throw new Violation(`${name}: ${file} holds a path of this machine`)
    }
    return {
      case: name,
      ...(report === undefined ? failureOf(exit, folders) : { end: report.status }),
      ...(report !== undefined && { fingerprint: report.fingerprint }),
      files: sums,
      sinks: Object.fromEntries((report?.sinks ?? []).map((one) => [one.sink, sinkLine(one)]))
    }
  })

// internal

/** What a failed run has left for the next attempt. */
const UNFINISHED = /\.part$|(?:^|\/)unfinished\.json$/u

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex")

const filesBelow = (folder: string, isWanted: (name: string) => boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const files: Record<string, Buffer> = {}
    if (!(yield* fs.exists(folder))) return files
    for (const name of (yield* fs.readDirectory(folder, { recursive: true })).toSorted()) {
      if (!isWanted(name) || (yield* fs.stat(`${folder}/${name}`)).type !== "File") continue
      files[name] = Buffer.from(yield* fs.readFile(`${folder}/${name}`))
    }
    return files
  })

/** Text without differences between machines, and without the fingerprint, which is shown separately. */
const neutral = (text: string, folders: ReadonlyArray<string>) =>
  withoutFolders(text, folders).replaceAll(/"fingerprint": "[0-9a-f]*"/gu, '"fingerprint": ""')

const withoutFolders = (text: string, folders: ReadonlyArray<string>) =>
  folders.reduce((left, folder) => left.replaceAll(`${folder}/`, "").replaceAll(folder, "."), text)

const failureOf = (exit: Exit.Exit<unknown, unknown>, folders: ReadonlyArray<string>) => {
  const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
  const error = Cause.squash(cause)
  const message = withoutFolders(error instanceof Error ? error.message : String(error), folders)
  const tags = Cause.hasDies(cause) ? ["defect"] : tagsOf(error)
  return { end: tags.join("/"), message: message.replaceAll(/(127\.0\.0\.1|localhost):\d+/gu, "$1") }
}

const tagsOf = (error: unknown): ReadonlyArray<string> =>
  typeof error === "object" && error !== null && "_tag" in error
    ? [String(error._tag), ...tagsOf("reason" in error ? error.reason : undefined)]
    : []

const sinkLine = ({ consequences, ledger }: Report.SinkReport): typeof SinkLine.Type => ({
  kinds: Object.fromEntries(
    Object.entries(ledger.kinds)
      .map(([kind, counts]) => [kind, countsOf(counts)] as const)
      .filter(([, counts]) => Object.keys(counts).length > 0)
  ),
  notes: ledger.notes,
  ledger: sha256(JSON.stringify(ledger)),
  consequences: sha256(JSON.stringify(consequences))
})

const countsOf = ({ read, written, ...outcomes }: Ledger.Counts): Readonly<Record<string, number>> => ({
  ...(read > 0 && { read }),
  ...(written > 0 && { written }),
  ...Object.fromEntries(
    Object.entries(outcomes).flatMap(([outcome, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => [`${outcome} ${reason}`, count])
    )
  )
})
