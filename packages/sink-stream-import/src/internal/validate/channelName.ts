/** How files identify a channel: by type and id, or by type and set of members. */
export const byId = (type: string, id: string): string => `${type}:${id}`

export const byMembers = (type: string, members: ReadonlyArray<string>): string =>
  `${type}:[${members.length > 1 ? members.toSorted().join() : members.join()}]`
