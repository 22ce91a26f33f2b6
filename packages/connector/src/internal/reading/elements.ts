import { Rejected } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { BatchBuilder, RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
// Documents of JSON whose members are lists of records, or an array of records.
import * as RawValue from "../../records/RawValue.ts"
import { located } from "./corrections.ts"
import type { Base, Document, File, Format, Limits, Reason } from "./model.ts"
import { partBytes } from "./partBytes.ts"
import { declared, eachRecord, ignoredMember, rejectFile, type Values } from "./rejects.ts"

/** A list of records, or one record. */
export interface Records<in C> {
  /** Of what is not a record. */
  readonly kind: Rejected.Rejected["kind"]
  readonly map: (record: RawValue.RawObject, context: C) => void
}

export interface Members<in C> {
  /** Lists by the name of their member; `""` is an array at the top. */
  readonly lists: { readonly [member: string]: Records<C> }
  /** Members that hold one record. They come whole. */
  readonly values?: { readonly [member: string]: Records<C> }
  /** Members that are known and hold no record, such as when the export was made. They come whole to `meet`. */
  readonly header?: ReadonlyArray<string>
  /** Tells a value in the place of a list or a record that says nothing. `null` alone by default. */
  readonly isBlank?: (value: unknown) => boolean
  /** Called when a file is opened. */
  readonly begin?: (context: C) => void
  /** Told each member that comes whole, before it is mapped. */
  readonly meet?: (member: JsonElements.Member<unknown>, context: C) => void
  /** Finds out what elements need that is elsewhere, before they are mapped. */
  readonly needs?: (
    part: JsonElements.Elements,
    context: C,
    file: File,
    limits: Limits
  ) => Effect.Effect<void, Reason> | undefined
  /** The same for a member that comes whole, after `meet`: what it says may be of elements before it. */
  readonly needsBefore?: (
    member: JsonElements.Member<unknown>,
    context: C,
    file: File,
    limits: Limits
  ) => Effect.Effect<void, Reason> | undefined
  /** What an element's meaning depends on besides its list: it is added to `Rejected.context`. */
  readonly contextOf?: (element: unknown, list: string, context: C) => Schema.JsonObject | undefined
  /** Takes that over from the context of a reject; `false` when it is not what `contextOf` gives. */
  readonly restore?: (from: Schema.JsonObject, context: C) => boolean
  /**
   * Reads the documents that stand behind the first one, which is damage without it. It is opened at
   * `{ offset }`, where the second one begins, after another `begin`.
   */
  readonly trailing?: Format<C>
  /** What a file with none of the members is not: with its article, `an export` by default. */
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

/** How documents are read: exports have very many small files, and a reader's buffer is twice its batch. */
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
  /** A member that is known has been found in the file. */
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
  // Empty lists give no part, so this is the only place where they are seen.
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

/** Where a member is, for rejects. */
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

/** Maps a member that is not an array, which is only right for one record. */
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

/** Only a list that a person has corrected comes as a whole. */
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
