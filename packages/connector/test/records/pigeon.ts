// A fictional provider, and helpers for testing its tables.
import { RawRecord, RawValue } from "@chatferry/connector"
import { type Entity, type Ids, Timestamp } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"

export const UNREADABLE: typeof RawRecord.UNREADABLE = RawRecord.UNREADABLE

export const isBlank = (value: unknown): boolean =>
  value === undefined || value === "" || (typeof value === "object" && RawValue.isEmpty(value))

export const text: RawRecord.Read<string> = (value) => RawValue.text(value) ?? UNREADABLE
export const userId: RawRecord.Read<Ids.UserId> = (value) => RawValue.userId(value) ?? UNREADABLE
export const flag: RawRecord.Read<boolean> = (value) => (typeof value === "boolean" ? value : UNREADABLE)
export const time: RawRecord.Read<Timestamp.Timestamp> = (value) =>
  typeof value === "string" ? (Timestamp.fromText(value) ?? UNREADABLE) : UNREADABLE

export const pigeon: RawRecord.Provider<RawRecord.BaseContext> = RawRecord.provider({
  name: "pigeon",
  isBlank,
  secrets: ["token"]
})

export const users: RawRecord.Kit<
  Entity.Entity<"user">,
  RawRecord.BaseContext,
  RawRecord.Table<Entity.Entity<"user">, RawRecord.BaseContext>
> = pigeon.kind("user")

export const id = RawRecord.field(userId, "id").orReject("missing_id", "id is missing")

/** Maps records with a table and returns the results. */
export const mapped = (
  table: RawRecord.Table<Entity.Entity<"user">, RawRecord.BaseContext>,
  ...records: ReadonlyArray<object>
) => {
  const out = new BatchBuilder.BatchBuilder()
  for (const record of records) table.map(record as RawRecord.Raw, { out })
  return out.take()
}

/** Maps one record that must not be rejected. */
export const only = (
  table: RawRecord.Table<Entity.Entity<"user">, RawRecord.BaseContext>,
  record: object
) => {
  const { notes, records } = mapped(table, record)
  return { entity: records[0] as Entity.Entity<"user">, notes }
}

export const nestedDeep = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}
