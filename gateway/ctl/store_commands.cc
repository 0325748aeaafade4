// earshotctl store: the database itself, while no gateway runs on it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/secret.h"
#include "common/base/startup_error.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/terminal.h"
#include "gateway/process/instance_lock.h"
#include "gateway/store/copy/copy_store.h"
#include "gateway/store/store.h"

namespace earshot::ctl {

namespace {

constexpr const char* kPasswordVariable = "EARSHOT_STORE_PASSWORD";

Secret password_of(const Arguments& arguments) {
  const std::string file = arguments.text("--password-file");
  if (file.empty()) {
    const char* value = std::getenv(kPasswordVariable);
    return Secret(value == nullptr ? "" : value);
  }
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line) || line.empty())
    throw Failure(Exit::kUsage, file + ": there is no password in it");
  return Secret(line);
}

// The gateway of a file works beside it: what it would still write would be lost.
std::optional<gateway::InstanceLock> lock_out_gateway(const std::string& place) {
  if (!place.starts_with("sqlite:")) return std::nullopt;
  const std::filesystem::path run = std::filesystem::path(place.substr(7)).parent_path() / "run";
  if (!std::filesystem::exists(run)) return std::nullopt;
  return std::optional<gateway::InstanceLock>(std::in_place, run);
}

void migrate(Context& context, const Arguments& arguments) {
  const std::string from = arguments.text("--from");
  const std::string to = arguments.text("--to");
  try {
    const Secret password = password_of(arguments);
    const auto from_lock = lock_out_gateway(from);
    const auto to_lock = lock_out_gateway(to);
    const auto source = store::open_copy_end(from, password, false);
    const auto target = store::open_copy_end(to, password, true);
    json::object answer;
    Table table({{.title = "table"}, {.title = "rows", .right = true}});
    std::uint64_t all = 0;
    {
      Progress progress(context.terminal);
      const auto counts = store::copy_store(
          *source, *target, [&](std::string_view name, std::uint64_t rows, std::uint64_t of) {
            progress.show(std::string(name) + ": " + std::to_string(rows) + " of " + std::to_string(of));
          });
      for (const auto& [name, rows] : counts) {
        answer[name] = rows;
        all += rows;
        table.add({name, std::to_string(rows)});
      }
    }
    if (context.terminal.json()) return context.terminal.line(json::serialize(answer));
    context.terminal.table(table);
    context.terminal.line(std::to_string(all) + " rows copied, counted and compared; now set store.url");
  } catch (const store::StoreError& failure) {
    throw Failure(failure.code() == ErrorCode::kInvalid ? Exit::kUsage : Exit::kFailed,
                  std::string(failure.what()) + "; nothing was copied");
  } catch (const StartupError& failure) {
    throw Failure(Exit::kFailed, std::string(failure.what()) + "; nothing was copied");
  }
}

}  // namespace

void add_store_commands(std::vector<Command>& all) {
  Parameter from = option("--from", "PLACE", "sqlite:PATH or postgresql://user@host/database");
  from.required = true;
  Parameter to = option("--to", "PLACE", "The same; it must be empty");
  to.required = true;
  all.push_back(
      {"store migrate",
       "Copies a whole database to an empty one of another kind; the gateways are stopped",
       {from, to,
        option("--password-file", "FILE",
               "The PostgreSQL password (or EARSHOT_STORE_PASSWORD, or what psql would use)", Hint::kFile)},
       migrate});
}

}  // namespace earshot::ctl
