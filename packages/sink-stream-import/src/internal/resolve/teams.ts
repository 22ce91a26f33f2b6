import type { Assembly } from "./assembly.ts"

/**
 * Lists the teams of users, and the teams that they lack as members of channels,
 * if any channel or user has a team. It runs before channels are resolved, on the
 * records of the source.
 */
export const listTeams = ({ database, settings }: Assembly): void => {
  database.exec(`
    CREATE TABLE assembly.user_team (user_id TEXT, team TEXT, PRIMARY KEY (user_id, team)) WITHOUT ROWID;
    CREATE TABLE assembly.missing_team (user_id TEXT, team TEXT, PRIMARY KEY (user_id, team)) WITHOUT ROWID`)
  // A quick test: if the text is in custom data, the lists are made needlessly.
  const team = database.prepare(`SELECT 1 FROM channels WHERE instr(record, '"team":') > 0
    UNION ALL SELECT 1 FROM users WHERE instr(record, '"teams":["') > 0 LIMIT 1`)
  if (team.get() === undefined) return
  database.exec(`
    INSERT OR IGNORE INTO assembly.user_team
      SELECT u.id, t.value FROM (
        SELECT id, record, row_number() OVER (PARTITION BY id ORDER BY changed_at DESC, record DESC) AS position
        FROM users WHERE json_type(record, '$.teams') IS NOT NULL) u, json_each(u.record, '$.teams') t
      WHERE u.position = 1;
    INSERT INTO assembly.missing_team
      SELECT DISTINCT m.user_id, c.team FROM members m CROSS JOIN (
        SELECT id, json_extract(record, '$.team') AS team FROM (
          SELECT id, record, row_number() OVER (PARTITION BY id ORDER BY changed_at DESC, record DESC) AS position
          FROM channels WHERE json_type(record, '$.team') IS NOT NULL)
        WHERE position = 1) c ON c.id = m.channel_id
      WHERE c.team <> '' AND NOT EXISTS (SELECT 1 FROM assembly.user_team t WHERE t.user_id = m.user_id AND t.team = c.team)`)
  // Users who get a team are in it from now on.
  if (settings.teamMismatch === "add")
    database.exec("INSERT OR IGNORE INTO assembly.user_team SELECT user_id, team FROM assembly.missing_team")
}

/** Makes the function that returns the teams to add to a user. */
export const makeAddedTeams = ({ database, settings }: Assembly): ((id: string) => ReadonlyArray<string>) => {
  const isNone = database.prepare("SELECT 1 FROM assembly.missing_team LIMIT 1").get() === undefined
  if (isNone || settings.teamMismatch !== "add") return () => []
  const missing = database.prepare<{ readonly team: string }>(
    "SELECT team FROM assembly.missing_team WHERE user_id = ? ORDER BY team"
  )
  return (id) => missing.all(id).map(({ team }) => team)
}

/**
 * SQL for the problem of a user who shares no team with a channel: `team` if the
 * user is not in its team, `none` if the channel has no team. `undefined` if there
 * cannot be a problem.
 */
export const teamProblem = (
  { database, settings }: Assembly,
  userId: string,
  team: string
): string | undefined => {
  const isAny = database.prepare(
    "SELECT 1 FROM assembly.user_team UNION ALL SELECT 1 FROM assembly.missing_team LIMIT 1"
  )
  if (settings.teamMismatch === "keep" || isAny.get() === undefined) return undefined
  return `CASE
    WHEN coalesce(${team}, '') = '' THEN
      CASE WHEN EXISTS (SELECT 1 FROM assembly.user_team t WHERE t.user_id = ${userId} AND t.team <> '') THEN 'none' END
    WHEN NOT EXISTS (SELECT 1 FROM assembly.user_team t WHERE t.user_id = ${userId} AND t.team = ${team}) THEN 'team'
  END`
}
