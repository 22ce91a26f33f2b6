/**
 * Node spends half of a program's start on finding its modules, and tests start some of our programs a hundred times.
 * In each run of the tests, the first process of a program finds them as usual and writes down where they are; later
 * processes read that. Vitest's configuration has the programs load this module, and `RESOLVED` names the folder.
 */
import { createHash } from "node:crypto"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { registerHooks, type ResolveFnOutput } from "node:module"

/** What each module imports: by the URL of the module and the specifier that it uses. */
type Found = Record<string, Record<string, Pick<ResolveFnOutput, "format" | "url">>>

const folder = process.env["RESOLVED"]

const read = (file: string): Found | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Found
  } catch {
    return undefined
  }
}

if (folder !== undefined) {
  // Options change what a specifier stands for.
  const program = JSON.stringify([process.execPath, process.execArgv, process.argv[1]])
  const file = `${folder}/${createHash("sha256").update(program).digest("hex")}.json`
  const found = read(file) ?? {}
  let isNew = false
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = context.parentURL ?? ""
      const known = found[parent]?.[specifier]
      if (known !== undefined) return { ...known, shortCircuit: true }
      const resolved = next(specifier, context)
      const imports = (found[parent] ??= {})
      imports[specifier] = { format: resolved.format, url: resolved.url }
      isNew = true
      return resolved
    }
  })
  process.on("exit", () => {
    if (!isNew) return
    // Other processes read the file at any moment.
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(found))
    renameSync(`${file}.${process.pid}`, file)
  })
}
