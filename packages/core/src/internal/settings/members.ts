// Recognises sources, transforms and sinks among other values.

type Anything = Readonly<Record<string, unknown>>

const having =
  (method: string | undefined, ...objects: ReadonlyArray<string>) =>
  (value: unknown): value is Anything =>
    typeof value === "object" &&
    value !== null &&
    typeof (value as Anything)["name"] === "string" &&
    (method === undefined || typeof (value as Anything)[method] === "function") &&
    objects.every((key) => typeof (value as Anything)[key] === "object")

export const isTransform = having("apply")
export const isSource = having(undefined, "open", "kinds")
export const isSink = having("divide", "fields")

export const A_TRANSFORM = "a transform, such as Transform.filter makes"
export const A_SOURCE = "a source, such as SendbirdSource.archives makes"
export const A_SINK = "a sink, such as NdjsonSink.make makes"

/** The valid members of a list, so that an invalid one does not throw before anything runs. */
export const membersOf = <A>(list: ReadonlyArray<A>, is: (value: unknown) => boolean): ReadonlyArray<A> =>
  Array.isArray(list) ? list.filter(is) : []

/** The first name that two members share. */
export const duplicateName = (members: ReadonlyArray<{ readonly name: string }>): string | undefined => {
  const seen = new Set<string>()
  for (const { name } of members) {
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}
