import * as Redacted from "effect/Redacted"
import type { Entity } from "../../Entity.ts"
import * as Fingerprint from "../../settings/Fingerprint.ts"
import * as Sha256 from "../files/sha256.ts"
import { PER_RECORD, problemOfFunction, problemOfName, problemOfOptions, type Settings } from "./code.ts"
import { RENAME_UNUSED } from "./codes.ts"
import { isPlain } from "./entityCheck.ts"
import { given, InvalidResult } from "./failure.ts"
import type { RenamedId, Transform } from "./model.ts"
import type { NewIdsConfig, RenameOptions } from "./options.ts"
import { type Collected, collected, each, eachBatch, WRONG } from "./perRecord.ts"
import { type NewIds, type Renamed, renameFields } from "./renameFields.ts"

export const renameIds = <S extends Settings>(
  ids: NewIdsConfig<S>,
  options: RenameOptions<S> = {}
): Transform => {
  const { name = "rename-ids", settings } = options
  const rules = rulesOf(ids, options)
  const problem =
    problemOfName(name) ?? problemOfOptions({ ...options }, [...PER_RECORD, "name"]) ?? rules.problem
  const isMerging = Object.values(rules.renames).some((rule) => typeof rule === "object")
  const newIds = (onRenamed?: (renamed: RenamedId) => void): NewIds => {
    const ofKind = (kind: Renamed) => {
      const rule = rules.renames[kind]
      if (rule === undefined) return undefined
      if (rule !== "function") {
        const find = (id: string) => rule.get(id) ?? id
        return onRenamed === undefined
          ? find
          : once(find, (id, to) => rule.has(id) && onRenamed({ transform: name, kind, from: id, to }))
      }
      const f = ids[kind] as (id: string, settings: S) => unknown
      const find = (id: string) => checked(kind, id, f(id, settings as S))
      return onRenamed === undefined
        ? find
        : once(find, (from, to) => onRenamed({ transform: name, kind, from, to }))
    }
    return { isMerging, user: ofKind("user"), channel: ofKind("channel"), message: ofKind("message") }
  }
  return {
    name,
    consequences: [...WRONG, RENAME_UNUSED],
    fingerprint: rules.fingerprint,
    ...(problem !== undefined && { problem }),
    renames: rules.renames,
    apply: eachBatch(name, options, () => {
      const renamed: Array<RenamedId> = []
      const ofBatch = newIds((one) => renamed.push(one))
      const take = (record: Entity, to: Collected) => {
        to.records.push(renameFields(record, ofBatch))
        return undefined
      }
      return { to: { ...collected(), renamed }, take }
    }),
    carry: (entity) => renameFields(entity, newIds())
  }
}

export const hashIds = ({
  key,
  name = "hash-ids"
}: {
  readonly key: Redacted.Redacted
  readonly name?: string | undefined
}): Transform => {
  const secret = Redacted.isRedacted(key) ? Redacted.value(key) : ""
  const ids: NewIds = { isMerging: false, user: (id) => Sha256.keyedHex(secret, id).slice(0, 32) }
  const problem = problemOfName(name) ?? (Redacted.isRedacted(key) ? problemOfKey(secret) : NOT_REDACTED)
  return {
    name,
    fingerprint: { key: Fingerprint.ofSecret(Redacted.make(secret)) },
    ...(problem !== undefined && { problem }),
    apply: each(name, {}, (record, to) => {
      to.records.push(renameFields(record, ids))
      return undefined
    }),
    carry: (entity) => renameFields(entity, ids)
  }
}

// internal

type Table = ReadonlyMap<string, string>

const KINDS: ReadonlyArray<Renamed> = ["user", "channel", "message"]

const LEAST_KEY = 16

const NOT_REDACTED =
  'key: it must be redacted, so that nothing shows it: Redacted.make(text), or Program.secret("HASH_KEY")'

const problemOfKey = (secret: unknown): string | undefined => {
  if (typeof secret === "string" && secret.length >= LEAST_KEY) return undefined
  return `key: it needs at least ${LEAST_KEY} characters, and has ${typeof secret === "string" ? secret.length : 0}: ids could be guessed with a short one. Make one with: openssl rand -hex 32`
}

const rulesOf = <S extends Settings>(ids: NewIdsConfig<S>, options: RenameOptions<S>) => {
  const renames: { [K in Renamed]?: "function" | Table } = {}
  const fingerprint: Record<string, Fingerprint.Fingerprint[string]> = {}
  let problem: string | undefined
  for (const [kind, rule] of Object.entries(ids) as ReadonlyArray<[string, unknown]>) {
    if (rule === undefined) continue
    if (!KINDS.includes(kind as Renamed)) {
      problem ??= `there are no ids of ${JSON.stringify(kind)} to rename; the kinds are ${KINDS.join(", ")}`
    } else if (typeof rule === "function") {
      renames[kind as Renamed] = "function"
      problem ??= prefixed(kind, problemOfFunction(rule, options))
      fingerprint[kind] = Fingerprint.ofFunction(rule as (...args: never) => unknown, {
        version: options.version
      })
    } else {
      const table = tableOf(rule)
      if (typeof table === "string") problem ??= `${kind}: ${table}`
      else {
        renames[kind as Renamed] = table
        // A table may be long, so its hash is used.
        fingerprint[kind] = { entries: table.size, table: Fingerprint.digest(Object.fromEntries(table)) }
      }
    }
  }
  if (options.settings !== undefined) fingerprint["settings"] = options.settings
  if (Object.values(ids).every((rule) => rule === undefined))
    problem ??= "it needs new ids of users, channels or messages"
  return { renames, fingerprint, problem }
}

const prefixed = (kind: string, problem: string | undefined) =>
  problem === undefined ? undefined : `${kind}: ${problem}`

const tableOf = (rule: unknown): Table | string => {
  if (!(rule instanceof Map) && !isPlain(rule)) {
    return `expected a function or a table of old to new ids, got ${given(rule)}`
  }
  const entries: ReadonlyArray<readonly [unknown, unknown]> =
    rule instanceof Map ? Array.from(rule) : Object.entries(rule)
  for (const [from, to] of entries) {
    if (typeof from !== "string" || from === "")
      return `an old id must be a text that is not empty, got ${given(from)}`
    if (typeof to !== "string" || to === "")
      return `the new id of ${JSON.stringify(from)} must be a text that is not empty, got ${given(to)}`
  }
  return new Map(entries as ReadonlyArray<readonly [string, string]>)
}

const checked = (kind: Renamed, id: string, next: unknown): string => {
  if (typeof next === "string" && next !== "") return next
  throw new InvalidResult(
    `the new id of the ${kind} ${JSON.stringify(id)} must be a text that is not empty, got ${given(next)}`
  )
}

/** Looks up each id once in a batch, and reports the result. */
const once = (find: (id: string) => string, found: (from: string, to: string) => void) => {
  const known = new Map<string, string>()
  return (id: string): string => {
    const before = known.get(id)
    if (before !== undefined) return before
    const to = find(id)
    known.set(id, to)
    found(id, to)
    return to
  }
}
