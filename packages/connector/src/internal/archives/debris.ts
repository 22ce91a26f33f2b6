/** Tells what operating systems leave in folders and archives by its name, with `/` between folders. */
export const isDebris = (name: string): boolean => {
  const parts = name.split("/")
  const last = parts.at(-1) ?? ""
  return parts.includes("__MACOSX") || last.startsWith("._") || DEBRIS.has(last.toLowerCase())
}

// internal

const DEBRIS = new Set([".ds_store", "thumbs.db", "desktop.ini"])
