// The check of one file, fed with its bytes. It throws `StageFault`.
import type { Dialect } from "../../StreamImportPolicies.ts"
import { type DeferredCheck, DeferredChecks } from "./deferred.ts"
import { detect, FileCheck } from "./fileCheck.ts"
import { type Finding, finding } from "./finding.ts"
import { judgeDeferred } from "./judgeDeferred.ts"
import { Registry } from "./registry.ts"
import type * as Settings from "./settings.ts"
import { Spill } from "./spill.ts"

/** A checked file. */
export interface Inspected {
  readonly path: string
  readonly dialect: Dialect
  readonly bytes: number
  readonly items: number
  /** `false` if the rest of the file could not be read. */
  readonly isComplete: boolean
}

/** What the checks of several files share. */
export interface Run {
  readonly settings: Settings.Resolved
  readonly registry: Registry
  readonly spill: Spill
  readonly deferred: DeferredChecks
  readonly directory: string
  readonly counts: Map<string, number>
  readonly files: Array<Inspected>
  /** The dialect in the options, or the one that the first file looks like. */
  dialect: Dialect | undefined
}

export const makeRun = (
  settings: Settings.Resolved,
  directory: string,
  dialect: Dialect | undefined
): Run => {
  const spill = new Spill(directory)
  return {
    settings,
    registry: new Registry(settings.memoryBytes, spill),
    spill,
    deferred: new DeferredChecks(spill),
    directory,
    counts: new Map(),
    files: [],
    dialect
  }
}

export class FileInspection {
  readonly #run: Run
  readonly #path: string
  readonly #file: number
  #check: FileCheck | undefined
  #dialect: Dialect
  #bytes = 0
  #isUnread = false

  constructor(run: Run, path: string, file: number) {
    this.#run = run
    this.#path = path
    this.#file = file
    this.#dialect = run.dialect ?? "jsonl"
  }

  /** Checks the next bytes; `undefined` marks the end. The dialect is detected in the first ones. */
  push(chunk: Uint8Array | undefined): ReadonlyArray<Finding> {
    const before: Array<Finding> = []
    this.#check ??= this.#begin(chunk ?? new Uint8Array(0), before)
    this.#bytes += chunk?.length ?? 0
    return this.#isUnread ? before : [...before, ...this.#check.push(chunk)]
  }

  /** Ends the file, and runs the deferred checks. */
  *end(isLast: boolean): Generator<ReadonlyArray<Finding>, undefined> {
    const [run, dialect, bytes] = [this.#run, this.#dialect, this.#bytes]
    const isComplete = !this.#isUnread && this.#check?.isBroken === false
    const limit = run.settings.fileBytes
    run.files.push({ path: this.#path, dialect, bytes, items: this.#check?.items ?? 0, isComplete })
    if (bytes > limit) yield [finding("file_too_large", this.#whole(), "", undefined, { bytes, limit })]
    const settings = settingsOf(run, dialect)
    const later: Array<DeferredCheck> = []
    let judged = 0
    let findings: Array<Finding> = []
    for (const check of run.deferred.drain()) {
      if (++judged % JUDGED_AT_ONCE === 0) {
        yield findings
        findings = []
      }
      if (!isComplete) continue
      // The members of a channel may come in a later file.
      if (check.what === "members" && dialect === "jsonl" && !isLast) later.push(check)
      else {
        const one = judgeDeferred(check, run.registry, settings)
        if (one !== undefined) findings.push(one)
      }
    }
    for (const one of later) run.deferred.add(one)
    yield findings
  }

  #begin(start: Uint8Array, findings: Array<Finding>): FileCheck {
    const run = this.#run
    const { dialect, problem } = detect(start)
    this.#dialect = run.dialect ??= dialect
    this.#isUnread = problem === "file_compressed" || problem === "utf8_invalid"
    if (problem !== undefined) findings.push(finding(problem, this.#whole(), "", undefined, {}))
    // Array files cannot refer to each other.
    if (this.#dialect === "json-array") run.registry.clear()
    const settings = settingsOf(run, this.#dialect)
    return new FileCheck(this.#path, { ...run, settings, dialect: this.#dialect, file: this.#file })
  }

  #whole() {
    return { file: this.#path, line: 1, byte: 0, bytes: 0 }
  }
}

// internal

const settingsOf = ({ settings }: Run, dialect: Dialect): Settings.Resolved =>
  dialect === "jsonl" ? settings : { ...settings, references: "file" }

const JUDGED_AT_ONCE = 1000
