// Checks of fields whose values are objects.
import { type Check, pointerPart, text } from "./fields.ts"
import { isFields } from "./readField.ts"

/** An object that may have other fields besides these. */
export const open = (fields: Readonly<Record<string, Check>>): Check => {
  const checks = new Map(Object.entries(fields))
  const check: Check = (value, pointer, judge) => {
    if (!isFields(value)) {
      judge.found("field_type", pointer, { expected: "object" })
      return
    }
    for (const [name, field] of checks) {
      const inner = value[name]
      if (inner !== undefined && inner !== null) field(inner, `${pointer}/${name}`, judge)
    }
  }
  return Object.assign(check, { fields: checks, isOpen: true })
}

/** The former validator stored custom data in its own field of this name. */
export const customObject: Check = Object.assign<Check, Pick<Check, "isOpen">>(
  (value, pointer, judge) => {
    if (isFields(value)) judge.found("field_ambiguous", pointer)
    else judge.found("field_type", pointer, { expected: "object" })
  },
  { isOpen: true }
)

/** An object that may only have these fields. */
export const closed = (
  fields: Readonly<Record<string, Check>>,
  required: ReadonlyArray<string> = []
): Check => {
  const checks = new Map(Object.entries(fields))
  const check: Check = (value, pointer, judge) => {
    if (!isFields(value)) {
      judge.found("field_type", pointer, { expected: "object" })
      return
    }
    for (const name of Object.keys(value)) {
      const at = `${pointer}/${pointerPart(name)}`
      const field = checks.get(name)
      if (field === undefined) judge.found("field_not_allowed", at)
      else if (value[name] === null) judge.found("field_null", at, { expected: "left out" })
      else field(value[name], at, judge)
    }
    for (const name of required) {
      if (!Object.hasOwn(value, name)) judge.found("field_required", `${pointer}/${name}`)
    }
  }
  return Object.assign(check, { fields: checks })
}

/** A map from team to role. */
export const texts: Check = (value, pointer, judge) => {
  if (!isFields(value)) judge.found("field_type", pointer, { expected: "object" })
  else for (const name of Object.keys(value)) text(value[name], `${pointer}/${pointerPart(name)}`, judge)
}
