// What the source of a package looks like from far away: modules, folders (those under `internal`; the public modules
// are one), arrows between folders, and circles. Imports of types count like any other.

/** Modules by path below `src`, such as `internal/zip.ts`, with their text. */
export type Sources = ReadonlyMap<string, string>

export interface Structure {
  readonly modules: number
  readonly publicModules: number
  readonly lines: number
  /** Files above the limit with their lines, longest first. */
  readonly long: ReadonlyArray<readonly [path: string, lines: number]>
  readonly folders: number
  /** Pairs of folders of which one imports from the other, with the number of imports. */
  readonly arrows: ReadonlyMap<string, number>
  /** Modules that import one another, directly or through others; each once. */
  readonly circles: ReadonlyArray<ReadonlyArray<string>>
}

/** Most lines of a file. */
export const MOST_LINES = 300

export const measure = (sources: Sources): Structure => {
  const imports = new Map([...sources].map(([path, text]) => [path, importsOf(path, text, sources)]))
  const lengths = [...sources].map(([path, text]) => [path, text.split("\n").length - 1] as const)
  const arrows = new Map<string, number>()
  for (const [path, targets] of imports) {
    for (const target of targets) {
      if (folderOf(path) === folderOf(target)) continue
      const arrow = `${folderOf(path)} → ${folderOf(target)}`
      arrows.set(arrow, (arrows.get(arrow) ?? 0) + 1)
    }
  }
  return {
    modules: sources.size,
    publicModules: [...sources.keys()].filter(isPublic).length,
    lines: lengths.reduce((sum, [, lines]) => sum + lines, 0),
    long: lengths.filter(([, lines]) => lines > MOST_LINES).sort(([, a], [, b]) => b - a),
    folders: new Set([...sources.keys()].map(folderOf)).size,
    arrows: new Map([...arrows].sort(([a], [b]) => (a < b ? -1 : 1))),
    circles: circlesOf(imports)
  }
}

// internal

const IMPORT =
  /^(?:import|export)\b[^"'`;=]*?\bfrom\s+"(\.[^"]+)"|^import\s+"(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gmu

const importsOf = (path: string, text: string, sources: Sources): ReadonlyArray<string> => {
  const found = [...text.matchAll(IMPORT)].map(([, from, bare, called]) => from ?? bare ?? called ?? "")
  return [...new Set(found.map((specifier) => resolve(path, specifier)))].filter((target) =>
    sources.has(target)
  )
}

const resolve = (path: string, specifier: string): string =>
  new URL(specifier, `file:///${path}`).pathname.slice(1)

const isPublic = (path: string): boolean =>
  !path.startsWith("internal/") && !path.endsWith(".program.ts") && !/(?:^|\/)index.ts$/u.test(path)

/** What lies in `internal` itself counts as one folder. */
const folderOf = (path: string): string => {
  if (!path.startsWith("internal/")) return "public"
  const [, folder, ...rest] = path.split("/")
  return rest.length === 0 ? "internal" : (folder ?? "")
}

/** Tarjan's strongly connected components of more than one module. */
const circlesOf = (
  imports: ReadonlyMap<string, ReadonlyArray<string>>
): ReadonlyArray<ReadonlyArray<string>> => {
  const numbers = new Map<string, number>()
  const open: Array<string> = []
  const circles: Array<ReadonlyArray<string>> = []
  const visit = (path: string): number => {
    const number = numbers.size
    numbers.set(path, number)
    open.push(path)
    let low = number
    for (const target of imports.get(path) ?? []) {
      if (!numbers.has(target)) low = Math.min(low, visit(target))
      else if (open.includes(target)) low = Math.min(low, numbers.get(target) ?? low)
    }
    if (low === number) {
      const members = open.splice(open.indexOf(path))
      if (members.length > 1) circles.push(members.sort())
    }
    return low
  }
  for (const path of imports.keys()) if (!numbers.has(path)) visit(path)
  return circles
}
