#include "gateway/store/retention.h"

#include <utility>

#include "gateway/store/store_logger.h"

namespace earshot::store {

namespace {

constexpr std::chrono::hours kInterval{1};
// A few milliseconds of the writer's time.
constexpr std::size_t kSlice = 50;

}  // namespace

// What is removed does not come back, so a clock that jumped must not decide it.
void Retention::start() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](error_code cancelled) {
    if (!cancelled) start();
  });
  if (!watch_.believes(std::chrono::time_point_cast<Milliseconds>(clock_.wall()), clock_.now())) {
    store_logger().warn(
        "the wall clock jumped by more than a day: nothing is removed until it is even for a day");
    return;
  }
  remove_all([](Store& store, WallTime time,
                std::size_t limit) { return store.conversations().remove_before(time, limit); },
             days_.conversations);
  remove_all([](Store& store, WallTime time,
                std::size_t limit) { return store.conversations().remove_audio_before(time, limit); },
             days_.audio);
  remove_all([](Store& store, WallTime time,
                std::size_t limit) { return store.commands().remove_before(time, limit); },
             days_.audit);
  remove_all(
      [](Store& store, WallTime time, std::size_t limit) { return store.audit().remove_before(time, limit); },
      days_.audit);
  remove_all(
      [](Store& store, WallTime time, std::size_t limit) {
        return store.memory() == nullptr ? 0 : store.memory()->remove_before(time, limit);
      },
      days_.memory);
}

void Retention::stop() {
  timer_.cancel();
}

void Retention::remove_all(Slice slice, int days) {
  if (days == 0) return;
  const auto now = std::chrono::time_point_cast<Milliseconds>(clock_.wall());
  remove_some(executor_, store_, slice, now - std::chrono::days(days), removed_);
}

// A failure ends it until the next hour; the store has told of it.
void Retention::remove_some(const Executor& executor, StoreProxy& store, Slice slice, WallTime before,
                            std::shared_ptr<std::uint64_t> removed) {
  store.write(
      executor, [slice, before](Store& opened) { return slice(opened, before, kSlice); },
      [executor, &store, slice, before, removed](const Result<std::size_t>& done) {
        if (!done) return;
        *removed += *done;
        if (*done == kSlice) return remove_some(executor, store, slice, before, removed);
        if (*done > 0) store_logger().info("old entries removed in_all={}", *removed);
      });
}

}  // namespace earshot::store
