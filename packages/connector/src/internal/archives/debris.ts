/** Whether a name, with `/` between folders, is that of a file that operating systems leave behind. */
export const isDebris = (name: string): boolean => {
  const parts = name.split("/")
  const last = parts.at(-1) ?? ""
  return parts.includes("__MACOSX") || last.startsWith("._") || DEBRIS.has(last.toLowerCase())
}

// internal

const DEBRIS = new Set([".ds_store", "thumbs.db", "desktop.ini"])
