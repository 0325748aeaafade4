#include "gateway/store/postgres/open_postgres.h"

#include <utility>
#include <vector>

#include "gateway/store/postgres/change_feed.h"
#include "gateway/store/postgres/postgres_store.h"
#include "gateway/store/store_thread.h"

namespace earshot::store::postgres {

namespace {

// More jobs in one commit save little, make the first of them wait, and the other gateways too.
constexpr std::size_t kWritesInTurn = 64;

class SharedStore final : public StoreProxy {
 public:
  explicit SharedStore(const Settings& settings)
      : settings_(settings),
        writer_(PostgresStore::open(settings), {.name = "writer",
                                                .max_queued = kMaxQueued,
                                                .max_in_commit = kWritesInTurn,
                                                .patience = kPatience}),
        reader_(PostgresStore::reader(settings),
                {.name = "reader", .max_queued = kMaxQueued, .max_in_commit = 1, .patience = kPatience}),
        second_reader_(
            PostgresStore::reader(settings),
            {.name = "reader 2", .max_queued = kMaxQueued, .max_in_commit = 1, .patience = kPatience}) {}

  void stop() override {
    feed_.reset();
    reader_.stop();
    second_reader_.stop();
    writer_.stop();
  }
  StoreStats stats() const override {
    StoreStats stats{.writes = writer_.done(), .commits = writer_.commits(), .away = writer_.away()};
    for (const StoreThread* thread : {&writer_, &reader_, &second_reader_}) {
      stats.failed += thread->failed();
      stats.refused += thread->refused();
      stats.waiting += thread->waiting();
      stats.repeated += thread->repeated();
    }
    stats.reads = reader_.done() + second_reader_.done();
    return stats;
  }
  void watch(const Executor& executor, ChangeHandler changed) override {
    feed_ = std::make_unique<ChangeFeed>(settings_, [executor, changed](std::vector<StoreChange> changes) {
      asio::post(executor, [changed, changes = std::move(changes)] {
        for (const StoreChange& change : changes) changed(change);
      });
    });
  }

 private:
  // A long list must not hold up who wants one record.
  void post(Kind kind, Task task) override {
    const bool first = reader_.waiting() <= second_reader_.waiting();
    auto& thread = kind == Kind::kWrite ? writer_ : first ? reader_ : second_reader_;
    thread.post({.run = std::move(task.run), .finish = std::move(task.finish), .patient = task.patient});
  }

  Settings settings_;
  StoreThread writer_;
  StoreThread reader_;
  StoreThread second_reader_;
  std::unique_ptr<ChangeFeed> feed_;
};

}  // namespace

std::unique_ptr<StoreProxy> open_postgres(const Settings& settings) {
  return std::make_unique<SharedStore>(settings);
}

}  // namespace earshot::store::postgres
