// earshot-bench-store: how long each console page waits for its data in a large store (docs/performance.md).
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "bench/store/console_pages.h"
#include "bench/store/sample_data.h"
#include "bench/turn/statistics.h"
#include "common/json/json.h"
#include "gateway/store/open_store.h"
#include "gateway/store/sqlite/database.h"
#include "gateway/store/sqlite/sqlite_store.h"

namespace {

using namespace earshot;
using namespace earshot::bench;

struct Options {
  SampleSize size;
  int rounds = 300;
  int turns_a_second = 50;
  double limit_ms = 50;
  std::string folder;
  std::string json_path;
  bool quick = false;
};

// Kept when it was named: filling it takes minutes.
struct DataFolder {
  explicit DataFolder(const std::string& named) : path(named), is_ours(named.empty()) {
    if (!is_ours) return;
    path = std::filesystem::temp_directory_path() / ("earshot-bench-store-" + std::to_string(::getpid()));
  }
  ~DataFolder() {
    std::error_code ignored;
    if (is_ours) std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
  bool is_ours;
};

int run(const Options& options) {
  const DataFolder folder(options.folder);
  const auto file = folder.path / "earshot.db";
  const SystemClock clock;
  const auto now = std::chrono::time_point_cast<Milliseconds>(clock.wall());
  SampleData data(options.size, now);
  if (!std::filesystem::exists(file)) {
    const auto begin = clock.now();
    data.fill(*store::sqlite::SqliteStore::open(file));
    std::printf("filled in %.0f s, ", std::chrono::duration<double>(clock.now() - begin).count());
  }
  std::printf("%.0f MB: %d devices, %d turns, %d commands, %d audit entries\n",
              static_cast<double>(std::filesystem::file_size(file)) / 1e6, options.size.devices,
              options.size.turns, options.size.commands, options.size.audit_entries);

  asio::io_context io;
  const auto proxy = store::open_store(file);
  gateway::EventHub hub(clock);
  gateway::DeviceDirectory devices(io.get_executor(), *proxy, hub, clock);
  devices.load(proxy->read_at_start([](store::Store& store) { return store.devices().all(); }));
  auto bare = store::sqlite::Database::open(file, store::sqlite::Database::Access::kReadOnly);
  ConsolePages pages(io, *proxy, devices, data, now);
  const auto begin = clock.now();
  const auto figures =
      pages.measure(options.rounds, options.turns_a_second, [&bare] { bare.query("SELECT 1").next(); });
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  std::printf("%d rounds in %.0f s, beside %.0f turns written a second\n\n%-38s %8s %8s %8s %14s\n",
              options.rounds, seconds, static_cast<double>(pages.written()) / seconds, "ms", "p50", "p99",
              "max", "over SELECT 1");
  bool too_slow = false;
  json::object report;
  for (const PageFigures& page : figures) {
    const Percentiles time = percentiles(page.ms);
    const double ratio = time.p50 / percentiles(page.floor_ms).p50;
    too_slow = too_slow || time.p99 > options.limit_ms;
    std::printf("%-38s %8.2f %8.2f %8.2f %13.0fx%s\n", page.name.c_str(), time.p50, time.p99, time.max, ratio,
                time.p99 > options.limit_ms ? "  too slow" : "");
    report[page.name] = to_json(time);
  }
  if (!options.json_path.empty()) {
    std::ofstream out(options.json_path);
    out << json::serialize(report) << "\n" << std::flush;
    if (!out) throw std::runtime_error("cannot write " + options.json_path);
  }
  return too_slow ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Measures the data of each console page in a large store while turns are written");
  app.add_option("--devices", options.size.devices, "[10000]")->check(CLI::Range(100, 100'000));
  app.add_option("--turns", options.size.turns, "[1000000]")->check(CLI::Range(1000, 100'000'000));
  app.add_option("--rounds", options.rounds, "Times that each page is fetched [300]")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--writes", options.turns_a_second, "Turns written a second meanwhile [50]")
      ->check(CLI::Range(1, 1000));
  app.add_option("--limit-ms", options.limit_ms, "Ends with 1 when a p99 is above it [50]");
  app.add_option("--folder", options.folder, "Where the database is, and stays; filled when there is none");
  app.add_option("--json", options.json_path, "Write the figures to FILE");
  app.add_flag("--quick", options.quick, "A small store: shows that it works, measures nothing");
  CLI11_PARSE(app, argc, argv);
  if (options.quick) {
    options.size = {.devices = 200, .turns = 5000, .commands = 500, .audit_entries = 500};
    options.rounds = 3;
    options.limit_ms = 5000;
  }
  try {
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "earshot-bench-store: %s\n", failure.what());
    return 1;
  }
}
