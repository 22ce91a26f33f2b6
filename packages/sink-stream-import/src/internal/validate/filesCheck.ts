import type { Dialect } from "../../StreamImportPolicies.ts"
import { Groups } from "./collect.ts"
import { FileInspection, makeRun, type Run } from "./fileInspection.ts"
import type { Result } from "./report.ts"
import type * as Settings from "./settings.ts"

/** Checks files while they are written, one after the other. It throws `StageFault`. */
export class FilesCheck {
  readonly #run: Run
  readonly #dialect: Dialect | undefined
  #groups: Groups
  #file: FileInspection | undefined
  #number = 0

  constructor(settings: Settings.Resolved, directory: string, dialect: Dialect | undefined) {
    this.#dialect = dialect
    this.#run = makeRun(settings, directory, dialect)
    this.#groups = new Groups(settings.examples)
  }

  /** Starts a file. */
  begin(path: string): void {
    this.#end(false)
    this.#file = new FileInspection(this.#run, path, ++this.#number)
  }

  push(bytes: Uint8Array): void {
    if (this.#file !== undefined) this.#groups.add(this.#file.push(bytes))
  }

  /** Forgets all files, because others will take their place. */
  forget(): void {
    const { counts, deferred, files, registry, settings } = this.#run
    this.#file = undefined
    this.#number = 0
    this.#groups = new Groups(settings.examples)
    // What is waiting is only taken out.
    for (const _ of deferred.drain());
    registry.clear()
    this.#run.dialect = this.#dialect
    counts.clear()
    files.length = 0
  }

  result(): Result {
    this.#end(true)
    return this.#groups.result(this.#run)
  }

  close(): void {
    this.#run.spill.close()
  }

  #end(isLast: boolean): void {
    const file = this.#file
    if (file === undefined) return
    this.#groups.add(file.push(undefined))
    for (const findings of file.end(isLast)) this.#groups.add(findings)
    this.#file = undefined
  }
}
