#include "gateway/store/open_store.h"

#include <utility>

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
    thread.post({.run = std::move(task.run), .finish = std::move(task.finish)});
  }

  StoreThread writer_;
  StoreThread reader_;
};

}  // namespace

std::unique_ptr<StoreProxy> open_store(const std::filesystem::path& file, Milliseconds busy_timeout) {
  return std::make_unique<FileStore>(file, busy_timeout);
}

}  // namespace earshot::store
