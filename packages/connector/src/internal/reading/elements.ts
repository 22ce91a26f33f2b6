// JSON documents whose members are lists of records, or that are an array of records.
import { Rejected } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { BatchBuilder, RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as RawValue from "../../records/RawValue.ts"
import { located } from "./corrections.ts"
import type { Base, Document, File, Format, Limits, Reason } from "./model.ts"
import { partBytes } from "./partBytes.ts"
import { declared, eachRecord, ignoredMember, rejectFile, type Values } from "./rejects.ts"

/** A list of records, or one record. */
export interface Records<in C> {
  /** The kind of rejected values that are not records. */
  readonly kind: Rejected.Rejected["kind"]
  readonly map: (record: RawValue.RawObject, context: C) => void
}

export interface Members<in C> {
  /** Lists by the names of their members; `""` is a top-level array. */
  readonly lists: { readonly [member: string]: Records<C> }
  /** Members that contain one record, which is read as a whole. */
  readonly values?: { readonly [member: string]: Records<C> }
  /** Known members without records, such as the time of the export. They are passed to `meet` as a whole. */
  readonly header?: ReadonlyArray<string>
  /** Whether a value in the place of a list or a record is blank. @default true for null only */
  readonly isBlank?: (value: unknown) => boolean
  /** Called when a file is opened. */
  readonly begin?: (context: C) => void
  /** Receives each member that is read as a whole, before it is mapped. */
  readonly meet?: (member: JsonElements.Member<unknown>, context: C) => void
  /** Looks up information that elements need from elsewhere, before they are mapped. */
  readonly needs?: (
    part: JsonElements.Elements,
    context: C,
    file: File,
    limits: Limits
  ) => Effect.Effect<void, Reason> | undefined
  /** As `needs`, for a member that is read as a whole. Called after `meet`. The member may affect elements before it. */
  readonly needsBefore?: (
    member: JsonElements.Member<unknown>,
    context: C,
    file: File,
    limits: Limits
  ) => Effect.Effect<void, Reason> | undefined
  /** Everything besides its list that an element's meaning depends on. It is added to `Rejected.context`. */
  readonly contextOf?: (element: unknown, list: string, context: C) => Schema.JsonObject | undefined
  /** Restores the result of `contextOf` from the context of a reject. Returns `false` if the context has another form. */
  readonly restore?: (from: Schema.JsonObject, context: C) => boolean
  /**
   * Reads the documents after the first one, which are damage without it. It is opened at `{ offset }`, the start
   * of the second document, after another call of `begin`.
   */
  readonly trailing?: Format<C>
  /** The name of the format with its article, for files with none of the members. @default an export */
  readonly expected?: string
}

export const elements = <C extends Base>(of: Members<C>): Format<C> => ({
  open: (file, context, limits, at) => {
    const start = at === undefined ? Option.none() : decode(at)
    if (at !== undefined && Option.isNone(start)) return of.trailing?.open(file, context, limits, at)
    return documentOf(of, file, context, limits, Option.getOrUndefined(start))
  },
  again: (line, context, { maxElementBytes }) => {
    const found = decodeContext(line.context)
    if (Option.isNone(found)) return undefined
    const content = RejectedLine.contentOf(line)
    const origin = { ...RejectedLine.originOf(line, content), i: 0 }
    if ("list" in found.value) {
      const { list, ...rest } = found.value
      const records = recordsOf(of.lists, list)
      if (records === undefined) return undefined
      of.begin?.(context)
      if (!(of.restore?.(rest, context) ?? Object.keys(rest).length === 0)) return undefined
      mapList(records, RejectedLine.elementsOf(content, list), origin, context, maxElementBytes)
      return "mapped"
    }
    const { member } = found.value
    if (recordsOf(of.lists, member) === undefined && recordsOf(of.values, member) === undefined)
      return undefined
    of.begin?.(context)
    mapMember(of, RejectedLine.memberOf(content, member), origin, context, maxElementBytes)
    return "mapped"
  }
})

/** The options of `JsonElements`. Exports have very many small files, and a reader's buffer is twice its batch. */
export const elementOptions = (
  { size }: Pick<File, "size">,
  limits: Pick<Limits, "batchRecords" | "maxElementBytes">,
  arrays: (member: string) => boolean,
  allowTrailing = false
): JsonElements.Options => ({
  arrays,
  allowTrailing,
  batchBytes: Math.min(partBytes(limits), Math.max(64, size + 1)),
  maxElementBytes: limits.maxElementBytes
})

// internal

const MEMBERS_SHOWN = 32

const Context = Schema.Union([
  Schema.StructWithRest(Schema.Struct({ list: Schema.String }), [Schema.Record(Schema.String, Schema.Json)]),
  Schema.Struct({ member: Schema.String })
])
const decodeContext = Schema.decodeUnknownOption(Context, { onExcessProperty: "error" })

const Position = Schema.Struct({
  ...JsonElements.Position.fields,
  index: JsonElements.Position.fields.index.check(Schema.isGreaterThanOrEqualTo(0)),
  /** A known member has been found in the file. */
  isRecognised: Schema.Boolean
})
const decode = Schema.decodeUnknownOption(Position)

const recordsOf = <C>(
  all: { readonly [member: string]: Records<C> } | undefined,
  member: string
): Records<C> | undefined => (all !== undefined && Object.hasOwn(all, member) ? all[member] : undefined)

const isHeader = ({ header = [] }: Pick<Members<never>, "header">, member: string): boolean =>
  header.includes(member)

const documentOf = <C extends Base>(
  of: Members<C>,
  file: File,
  context: C,
  limits: Limits,
  start: typeof Position.Type | undefined
): Document => {
  const { maxElementBytes } = limits
  const { out } = context
  const members: Array<string> = []
  let isRecognised = start?.isRecognised ?? false
  let position: JsonElements.Position | undefined = start
  const meet = (member: string) => {
    if (recordsOf(of.lists, member) !== undefined || recordsOf(of.values, member) !== undefined) {
      isRecognised = true
    } else if (!isHeader(of, member) && members.length < MEMBERS_SHOWN)
      members.push(member === "" ? "[]" : member)
  }
  // Empty lists have no parts, so they are only seen here.
  const arrays = (member: string) => {
    meet(member)
    return recordsOf(of.values, member) === undefined && !isHeader(of, member)
  }
  const allowTrailing = of.trailing !== undefined
  const reader = JsonElements.make(elementOptions(file, limits, arrays, allowTrailing), position)
  let trailing: Document | undefined
  let isEnded = false
  const openTrailing = () => {
    const found = reader.trailing
    if (found === undefined) return false
    of.begin?.(context)
    trailing = of.trailing?.open(file, context, limits, { offset: found.offset })
    for (const chunk of found.chunks) trailing?.push(chunk)
    if (isEnded) trailing?.end()
    return trailing?.next() ?? false
  }
  const mapElements = (part: JsonElements.Elements): true => {
    const list = part.member ?? ""
    const records = recordsOf(of.lists, list)
    if (records === undefined) {
      if (part.first === 0) out.note(ignoredMember(list))
    } else {
      const here = located(file, part)
      const origin = new BatchBuilder.ElementOrigin(here, file.location, (i) => ({
        list,
        ...of.contextOf?.(part.values[i], list, context)
      }))
      mapList(records, here, origin, context, maxElementBytes)
    }
    position = part.position
    return true
  }
  const mapOne = (part: JsonElements.Member): true => {
    const here = located(file, part)
    mapMember(of, here, memberOrigin(here, file.location), context, maxElementBytes)
    position = part.position
    return true
  }
  of.begin?.(context)
  return {
    push: (chunk) => (trailing ?? reader).push(chunk),
    end: () => {
      isEnded = true
      ;(trailing ?? reader).end()
    },
    at: () => {
      if (trailing !== undefined) return trailing.at()
      return position === undefined ? undefined : { ...position, isRecognised }
    },
    next: () => {
      if (trailing !== undefined) return trailing.next()
      const part = reader.next()
      if (part === undefined) return openTrailing()
      if (part._tag === "member") {
        meet(part.name)
        of.meet?.(part, context)
        const before = of.needsBefore?.(part, context, file, limits)
        return before === undefined ? mapOne(part) : Effect.map(before, () => mapOne(part))
      }
      if (part.member === undefined && part.first === 0) meet("")
      const needed = of.needs?.(part, context, file, limits)
      return needed === undefined ? mapElements(part) : Effect.map(needed, () => mapElements(part))
    },
    finish: () => {
      trailing?.finish?.()
      if (isRecognised) return
      const problem = `none of the file's top-level members is one of ${of.expected ?? "an export"}`
      rejectFile(out, file, problem, { members })
    }
  }
}

const mapList = <C extends Base>(
  { kind, map }: Records<C>,
  part: Values,
  origin: BatchBuilder.Origin & { i: number },
  context: C,
  maxElementBytes: number
): void => {
  const mapping = { out: context.out, kind, noun: "record", maxElementBytes } as const
  eachRecord(part, origin, mapping, (record) => map(record, context))
}

/** The origin of a member, for rejects. */
const memberOrigin = (part: JsonElements.Member, location: string): BatchBuilder.Origin => {
  const { end, failure, name, offset } = part
  const at = Rejected.isTooLarge(failure) ? Rejected.bytesOf({ from: offset, to: end }) : `byte ${offset}`
  return {
    location: (within) => `${location}:${name}${within} (${at})`,
    text: () => Buffer.from(part.bytesOf()).toString("utf8"),
    context: () => ({ member: name }),
    range: () => ({ from: offset, to: end })
  }
}

/** Maps a member that is not an array, which is only correct for one record. */
const mapMember = <C extends Base>(
  of: Members<C>,
  part: Omit<JsonElements.Member<unknown>, "position">,
  origin: BatchBuilder.Origin,
  context: C,
  maxElementBytes: number
): void => {
  const { end, failure, name, offset, value } = part
  const { out } = context
  const { isBlank = isNull } = of
  const one = recordsOf(of.values, name)
  const list = recordsOf(of.lists, name)
  const kind = (one ?? list)?.kind
  out.origin = origin
  if (kind === undefined) return isHeader(of, name) ? undefined : out.note(ignoredMember(name))
  if (Rejected.isTooLarge(failure)) {
    return out.rejectTooLarge(kind, { from: offset, to: end }, maxElementBytes)
  }
  if (failure !== undefined) {
    const problem = `${one === undefined ? "the list" : `the ${name}`} is ${failure}`
    return out.rejectBytes(kind, declared.invalidJson.code, problem, part.bytesOf())
  }
  if (one !== undefined) {
    if (RawValue.isObject(value)) return isBlank(value) ? undefined : one.map(value, context)
    if (value === null) return undefined
    return out.reject(kind, declared.notAnObject.code, `the ${name} must be an object`, value)
  }
  if (Array.isArray(value)) return mapWhole(list as Records<C>, name, value, origin, context)
  if (!isBlank(value)) out.reject(kind, declared.notAList.code, "the member must be an array", value)
}

const isNull = (value: unknown) => value === null

/** Only a list that a user has corrected is read as a whole. */
const mapWhole = <C extends Base>(
  { kind, map }: Records<C>,
  list: string,
  values: ReadonlyArray<unknown>,
  { location }: BatchBuilder.Origin,
  context: C
): void => {
  const { out } = context
  for (const [i, value] of values.entries()) {
    out.origin = {
      location: (within) => location(`[${i}]${within}`),
      text: () => undefined,
      context: () => ({ list })
    }
    if (RawValue.isObject(value)) map(value, context)
    else out.reject(kind, declared.notAnObject.code, "a record must be an object", value)
  }
}
