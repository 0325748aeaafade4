// The store of tests: in memory and without threads. A job is done when it is given, in a savepoint of its
// own as the real one's; its result comes on the executor.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "gateway/store/sqlite/sqlite_store.h"
#include "gateway/store/store_proxy.h"

namespace earshot::fakes {

class InlineStore final : public store::StoreProxy {
 public:
  // Directly, to prepare and to look.
  store::Store& now() { return *store_; }
  // The next jobs fail with this until it is called with nullopt.
  void fail_with(std::optional<Error> error) { error_ = std::move(error); }

  void stop() override { stopped_ = true; }
  store::StoreStats stats() const override { return stats_; }

 private:
  void post(Kind kind, Task task) override {
    if (stopped_) return finish(task, Error{ErrorCode::kUnavailable, "stopped"});
    store_->begin();
    std::optional<Error> error = error_;
    try {
      if (!error) task.run(*store_);
    } catch (const store::StoreError& failure) {
      error = Error{failure.code(), failure.what()};
    }
    error ? store_->rollback() : store_->commit();
    ++(error ? stats_.failed : kind == Kind::kRead ? stats_.reads : stats_.writes);
    finish(task, std::move(error));
  }
  static void finish(Task& task, std::optional<Error> error) { task.finish(error ? &*error : nullptr); }

  std::unique_ptr<store::sqlite::SqliteStore> store_ = store::sqlite::SqliteStore::in_memory();
  std::optional<Error> error_;
  bool stopped_ = false;
  store::StoreStats stats_;
};

}  // namespace earshot::fakes
