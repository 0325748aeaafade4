#include "gateway/store/open_store.h"

#include <utility>

#ifdef EARSHOT_POSTGRES
#include "gateway/store/postgres/open_postgres.h"
#else
#include "common/base/startup_error.h"
#endif
#include "gateway/store/sqlite/sqlite_store.h"
#include "gateway/store/store_thread.h"

namespace earshot::store {

namespace {

// More jobs in one commit save little and make the first of them wait.
constexpr std::size_t kWritesInCommit = 256;

class FileStore final : public StoreProxy {
 public:
  FileStore(const std::filesystem::path& file, Milliseconds busy_timeout)
      : writer_(sqlite::SqliteStore::open(file, busy_timeout),
                {.name = "writer", .max_queued = kMaxQueued, .max_in_commit = kWritesInCommit}),
        reader_(sqlite::SqliteStore::open_reader(file),
                {.name = "reader", .max_queued = kMaxQueued, .max_in_commit = 1}) {}

  void stop() override {
    reader_.stop();
    writer_.stop();
  }
  StoreStats stats() const override {
    return {.writes = writer_.done(),
            .reads = reader_.done(),
            .commits = writer_.commits(),
            .failed = writer_.failed() + reader_.failed(),
            .refused = writer_.refused() + reader_.refused(),
            .waiting = writer_.waiting() + reader_.waiting()};
  }

 private:
  void post(Kind kind, Task task) override {
    auto& thread = kind == Kind::kRead ? reader_ : writer_;
    thread.post({.run = std::move(task.run), .finish = std::move(task.finish), .patient = task.patient});
  }

  StoreThread writer_;
  StoreThread reader_;
};

}  // namespace

std::unique_ptr<StoreProxy> open_store(const std::filesystem::path& file, Milliseconds busy_timeout) {
  return std::make_unique<FileStore>(file, busy_timeout);
}

std::unique_ptr<StoreProxy> open_store(const StorePlace& place) {
  if (place.url.empty()) return open_store(place.file);
#ifdef EARSHOT_POSTGRES
  return postgres::open_postgres({.url = place.url, .password = place.password, .gateway = place.gateway});
#else
  throw StartupError(
      ExitCode::kStore,
      "store.url: this program was built without PostgreSQL; install libpq-dev, build it again "
      "(cmake -DEARSHOT_POSTGRES=ON), or leave store.url out to use the file in data_dir");
#endif
}

}  // namespace earshot::store
