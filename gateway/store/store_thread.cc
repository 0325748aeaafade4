#include "gateway/store/store_thread.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

#include "gateway/store/store_logger.h"

namespace earshot::store {

namespace {

// RETURNS: why `action` failed; nullopt when it did not.
template <class Action>
std::optional<Error> attempt(Action&& action) {
  try {
    action();
    return std::nullopt;
  } catch (const StoreError& failure) {
    return Error{failure.code(), failure.what()};
  } catch (const std::exception& failure) {
    return Error{ErrorCode::kInternal, failure.what()};
  }
}

}  // namespace

StoreThread::StoreThread(std::unique_ptr<TransactionalStore> store, Options options)
    : store_(std::move(store)), options_(std::move(options)), thread_([this] { work(); }) {}

void StoreThread::post(StoreJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < options_.max_queued) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  refused_.fetch_add(1, std::memory_order_relaxed);
  const Error error{ErrorCode::kUnavailable, "the store is stopping or has too much to do"};
  job.finish(&error);
}

void StoreThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::size_t StoreThread::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void StoreThread::work() {
  std::vector<StoreJob> batch;
  while (take(batch)) {
    do_batch(batch);
    batch.clear();
  }
}

// RETURNS: false when there is nothing more to do, ever.
bool StoreThread::take(std::vector<StoreJob>& batch) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.max_in_commit));
  std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return !batch.empty();
}

void StoreThread::do_batch(std::vector<StoreJob>& batch) {
  for (std::size_t first = 0; first < batch.size();) {
    std::vector<std::optional<Error>> errors(batch.size() - first);
    const std::size_t end = do_transaction(batch, first, errors);
    for (std::size_t i = first; i < end; ++i) {
      const auto& error = errors[i - first];
      if (error) {
        tell_failure(*error);
      } else {
        done_.fetch_add(1, std::memory_order_relaxed);
      }
      batch[i].finish(error ? &*error : nullptr);
    }
    first = end;
  }
}

// From `first` to the end of the batch, or to the job that broke the transaction: then all up to it have
// failed. When none can be begun, all have.
// RETURNS: the first job that is still to do.
std::size_t StoreThread::do_transaction(std::vector<StoreJob>& batch, std::size_t first,
                                        std::vector<std::optional<Error>>& errors) {
  auto broken = attempt([this] { store_->begin(); });
  std::size_t next = broken ? batch.size() : first;
  while (!broken && next < batch.size()) {
    auto& error = errors[next - first];
    broken = attempt([this] { store_->begin_job(); });
    if (broken) break;
    error = attempt([&] { batch[next].run(*store_); });
    ++next;
    if (error && !store_->in_transaction()) {
      broken = error;
    } else {
      broken = attempt([&] { error ? store_->undo_job() : store_->keep_job(); });
    }
  }
  if (!broken) broken = attempt([this] { store_->commit(); });
  if (!broken) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    return next;
  }
  store_->rollback();
  next = std::max(next, first + 1);  // one that had no savepoint has failed too
  for (std::size_t i = first; i < next; ++i) errors[i - first] = broken;
  return next;
}

void StoreThread::tell_failure(const Error& error) {
  failed_.fetch_add(1, std::memory_order_relaxed);
  if (error.code == ErrorCode::kInvalid || error.code == ErrorCode::kNotFound) return;  // the asker's mistake
  const auto verdict = limiter_.ask(clock_.now());
  if (!verdict.log) return;
  store_logger().error("a job was not done thread={} error=\"{}\" unreported={}", options_.name,
                       error.message, verdict.suppressed);
}

}  // namespace earshot::store
