// Imports and their progress. Requesting the state of an import advances it, so that tests do not depend on time.
import { digest } from "../../http/digests.ts"
import type { Faults } from "../../http/faults.ts"
import { random } from "../../random/random.ts"
import { type Analysis, analyse, type AppSettings, type ReportedError } from "./analyse.ts"
import { befallImports, type Fault } from "./faults.ts"
import type { Storage } from "./storage.ts"
import type { ImportMode, Store } from "./store.ts"

/** Mutable: copy it to keep it. */
export interface Import extends ImportMode {
  readonly id: string
  readonly path: string
  readonly size: number
  readonly state: State
  readonly createdAt: number
  readonly updatedAt: number
  readonly history: ReadonlyArray<{ readonly at: number; readonly from: State; readonly to: State }>
  readonly errors: ReadonlyArray<ReportedError>
  readonly totals: Readonly<Record<string, number>> | undefined
}

type State =
  | "uploaded"
  | "analyzing"
  | "analyze_failed"
  | "waiting_confirmation"
  | "importing"
  | "completed"
  | "failed"

export interface Imports {
  readonly create: (path: string, content: string, mode: ImportMode) => Import
  /** Requests the state of an import, which advances it. */
  readonly look: (id: string) => Import | undefined
  readonly all: () => ReadonlyArray<Import>
  readonly confirm: (id?: string) => void
  /** Each import of a file that had been imported before, unless that import failed. */
  readonly doubles: () => ReadonlyArray<Import>
}

export const imports = (options: {
  readonly app: AppSettings
  readonly store: Store
  readonly storage: Storage
  readonly faults: Faults<Fault>
  readonly seed: number
  readonly now: () => number
  /** State requests per state. */
  readonly looks: number
  /** State requests until somebody confirms; 0 skips the state. */
  readonly confirmAfterLooks: number
}): Imports => {
  const { app, faults, now, seed, storage, store } = options
  const all: Array<Running> = []
  const doubles: Array<Import> = []
  const byId = new Map<string, Running>()

  const change = (running: Running, state: State) => {
    running.history.push({ at: now(), from: running.state, to: state })
    running.state = state
    running.updatedAt = now()
    running.looks = 0
    if (state === "completed" || state.endsWith("failed")) {
      storage.forget(running.path)
      running.items = []
    }
  }

  const analysed = (running: Running) => {
    const analysis = analyse(storage.read(running.path) ?? "", app, store)
    running.totals = analysis.totals
    running.errors = running.fault === "analyzeFailed" ? [commanded(analysis)] : analysis.errors
    running.items = analysis.items
    if (running.errors.length > 0) change(running, "analyze_failed")
    else change(running, options.confirmAfterLooks > 0 ? "waiting_confirmation" : "importing")
  }

  const advance = (running: Running) => {
    running.looks++
    switch (running.state) {
      case "uploaded":
        if (running.looks >= options.looks) change(running, "analyzing")
        return
      case "analyzing":
        if (running.looks >= options.looks) analysed(running)
        return
      case "waiting_confirmation":
        if (running.looks >= options.confirmAfterLooks) change(running, "importing")
        return
      case "importing":
        if (running.looks < options.looks) return
        if (running.fault === "importFailed") {
          running.errors = [{ error: "Import error: the import was stopped" }]
          change(running, "failed")
          return
        }
        for (const item of running.items) store.put(item, running)
        change(running, "completed")
        return
      default:
        return
    }
  }

  return {
    create: (path, content, mode) => {
      const hash = digest()
      hash.update(Buffer.from(content))
      const key = hash.hex()
      const running: Running = {
        ...mode,
        id: uuid(seed, all.length),
        path,
        size: Buffer.byteLength(content),
        state: "uploaded",
        createdAt: now(),
        updatedAt: now(),
        history: [],
        errors: [],
        totals: undefined,
        key,
        looks: 0,
        items: [],
        fault: faults.of(`fate ${key}`, befallImports)
      }
      if (
        all.some((other) => other.path === path || (other.key === key && !other.state.endsWith("failed")))
      ) {
        doubles.push(running)
      }
      all.push(running)
      byId.set(running.id, running)
      return running
    },
    look: (id) => {
      const running = byId.get(id)
      if (running !== undefined) advance(running)
      return running
    },
    all: () => all,
    confirm: (id) => {
      for (const running of all) {
        if (running.state === "waiting_confirmation" && (id === undefined || running.id === id)) {
          change(running, "importing")
        }
      }
    },
    doubles: () => doubles
  }
}

// internal

const ID = 82

type Running = { -readonly [K in keyof Omit<Import, "history">]: Import[K] } & {
  readonly history: Array<Import["history"][number]>
  readonly key: string
  readonly fault: Fault | undefined
  items: Analysis["items"]
  looks: number
}

/** The result for a valid file. */
const commanded = ({ items }: Analysis): ReportedError => {
  const item = items.at(-1)
  const error = "Validation error: the item was rejected on command"
  return item === undefined ? { error } : { error, item_type: item.type, item: item.fields }
}

const uuid = (seed: number, number: number): string => {
  const hex = random(seed, ID, number).hex(32)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20)
  ].join("-")
}
