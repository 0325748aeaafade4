#include "gateway/store/sqlite/command_table.h"

#include "gateway/store/cursor.h"
#include "gateway/store/sqlite/values.h"

namespace earshot::store::sqlite {

namespace {

constexpr auto kSelectCommands = sql_text(
    "SELECT seq, id, device, kind, arguments, given_by, user_tools, state, result, error_code, "
    "error_message, "
    "timeout, created, expires, sent, finished FROM commands ");
constexpr auto kFindCommandByKey = kSelectCommands + "WHERE given_by = ? AND id = ?";
constexpr auto kFindCommand = kSelectCommands + "WHERE id = ? ORDER BY seq DESC LIMIT 1";
// One for each filter, so that each has its index.
constexpr auto kListCommands = kSelectCommands + "WHERE seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kListCommandsOf = kSelectCommands + "WHERE device = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kListCommandsIn = kSelectCommands + "WHERE state = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kListCommandsOfIn =
    kSelectCommands + "WHERE device = ? AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kUnfinishedCommands = kSelectCommands + "WHERE state IN (?, ?) ORDER BY seq";

Command read_command(const Query& row) {
  Command c;
  std::int64_t number = 0;
  row.into(number, c.id, c.device, c.kind, c.arguments, c.by, c.user_tools, c.state, c.result, c.error_code,
           c.error_message, c.timeout, c.created, c.expires, c.sent, c.finished);
  return c;
}

std::optional<Command> read_one_command(Query row) {
  if (!row.next()) return std::nullopt;
  return read_command(row);
}

}  // namespace

void CommandTable::put(const Command& c) {
  database_.run(
      "INSERT INTO commands (id, device, kind, arguments, given_by, user_tools, state, result, error_code, "
      "error_message, timeout, created, expires, sent, finished) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (given_by, id) DO UPDATE SET device=excluded.device, kind=excluded.kind, "
      "arguments=excluded.arguments, user_tools=excluded.user_tools, state=excluded.state, "
      "result=excluded.result, error_code=excluded.error_code, error_message=excluded.error_message, "
      "timeout=excluded.timeout, created=excluded.created, expires=excluded.expires, sent=excluded.sent, "
      "finished=excluded.finished",
      c.id, c.device, c.kind, c.arguments, c.by, c.user_tools, c.state, c.result, c.error_code,
      c.error_message, c.timeout, c.created, c.expires, c.sent, c.finished);
}

std::optional<Command> CommandTable::find(std::string_view by, std::string_view id) {
  return read_one_command(database_.query(kFindCommandByKey, by, id));
}

std::optional<Command> CommandTable::find(std::string_view id) {
  return read_one_command(database_.query(kFindCommand, id));
}

Page<Command> CommandTable::list(const CommandFilter& filter, const PageRequest& page) {
  const std::int64_t before = row_before(page.before);
  const std::size_t limit = page_limit(page.limit);
  Query rows = filter.device && filter.state
                   ? database_.query(kListCommandsOfIn, *filter.device, *filter.state, before, limit + 1)
               : filter.device ? database_.query(kListCommandsOf, *filter.device, before, limit + 1)
               : filter.state  ? database_.query(kListCommandsIn, *filter.state, before, limit + 1)
                               : database_.query(kListCommands, before, limit + 1);
  return read_page<Command>(rows, limit, read_command);
}

std::vector<Command> CommandTable::unfinished() {
  std::vector<Command> commands;
  Query rows = database_.query(kUnfinishedCommands, CommandState::kQueued, CommandState::kSent);
  while (rows.next()) commands.push_back(read_command(rows));
  return commands;
}

std::size_t CommandTable::remove_before(WallTime time, std::size_t limit) {
  return database_.run(
      "DELETE FROM commands WHERE seq IN "
      "(SELECT seq FROM commands WHERE finished IS NOT NULL AND finished < ? ORDER BY finished LIMIT ?)",
      time, limit);
}

}  // namespace earshot::store::sqlite
