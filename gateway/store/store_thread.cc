#include "gateway/store/store_thread.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
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
  job.came = clock_.now();
  const bool away = !job.patient && impatient_refused_.load(std::memory_order_relaxed);
  if (!away) {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < options_.max_queued) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  refused_.fetch_add(1, std::memory_order_relaxed);
  const Error error{ErrorCode::kUnavailable, away ? "the database cannot be reached; nothing was changed"
                                                  : "the store is stopping or has too much to do"};
  job.finish(&error);
}

void StoreThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) stopped_ = clock_.now();
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

// While the database is away also after a pause, with nothing: nobody but us would find out that it is back.
// RETURNS: false when there is nothing more to do, ever.
bool StoreThread::take(std::vector<StoreJob>& batch) {
  std::unique_lock lock(mutex_);
  const auto due = [this] { return stopping_ || !queue_.empty(); };
  if (away()) {
    if (!wake_.wait_for(lock, kLongestPause, due)) return true;
  } else {
    wake_.wait(lock, due);
  }
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.max_in_commit));
  std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return !batch.empty();
}

void StoreThread::do_batch(std::vector<StoreJob>& batch) {
  if (batch.empty() && !do_transaction(batch, 0).broken) note_back();
  Milliseconds pause = options_.first_pause;
  for (std::size_t first = 0; first < batch.size();) {
    Round round = do_transaction(batch, first);
    if (round.in_doubt) settle(batch, round);
    if (round.trouble != Trouble::kNone) {
      wait_out(batch, round, pause);
      // Who was refused is not done again.
      while (first < batch.size() && batch[first].finish == nullptr) ++first;
      continue;
    }
    if (!round.broken) note_back();
    tell(batch, first, round);
    first = round.end;
  }
}

// From `first` to the end of the batch, or to the job that broke the transaction: then all up to it have
// failed. When none can be begun, all have.
StoreThread::Round StoreThread::do_transaction(std::vector<StoreJob>& batch, std::size_t first) {
  Round round;
  round.errors.resize(batch.size() - first);
  auto& broken = round.broken;
  broken = attempt([this] { store_->begin(); });
  std::size_t next = broken ? batch.size() : first;
  while (!broken && next < batch.size()) {
    auto& error = round.errors[next - first];
    if (batch[next].finish == nullptr) {
      ++next;
      continue;
    }
    broken = attempt([this] { store_->begin_job(); });
    if (broken) break;
    error = attempt([&] { batch[next].run(*store_); });
    ++next;
    if (error && (!store_->in_transaction() || store_->trouble() != Trouble::kNone)) {
      broken = error;
    } else {
      broken = attempt([&] { error ? store_->undo_job() : store_->keep_job(); });
    }
  }
  const bool whole = !broken;
  if (whole) broken = attempt([this] { store_->commit(); });
  round.end = broken ? std::max(next, first + 1) : next;  // one that had no savepoint has failed too
  if (!broken) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    return round;
  }
  round.trouble = store_->trouble();
  round.in_doubt = whole && round.trouble == Trouble::kAway;
  store_->rollback();
  return round;
}

void StoreThread::tell(std::vector<StoreJob>& batch, std::size_t first, const Round& round) {
  for (std::size_t i = first; i < round.end; ++i) {
    if (batch[i].finish == nullptr) continue;
    const auto& error = round.broken ? round.broken : round.errors[i - first];
    if (error) {
      tell_failure(*error);
    } else {
      done_.fetch_add(1, std::memory_order_relaxed);
    }
    batch[i].finish(error ? &*error : nullptr);
    batch[i].finish = nullptr;
  }
}

// Until the database is back and says whether it has made the commit that it never answered.
void StoreThread::settle(std::vector<StoreJob>& batch, Round& round) {
  Milliseconds pause = options_.first_pause;
  while (round.in_doubt) {
    bool committed = false;
    const auto unknown = attempt([&] { committed = store_->was_committed(); });
    if (!unknown) {
      round.in_doubt = false;
      if (!committed) return;
      round.broken.reset();
      round.trouble = Trouble::kNone;
      commits_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    wait_out(batch, round, pause);
    if (std::ranges::all_of(batch, [](const StoreJob& job) { return job.finish == nullptr; })) return;
  }
}

// The same is tried again afterwards, with those that are left.
void StoreThread::wait_out(std::vector<StoreJob>& batch, const Round& round, Milliseconds& pause) {
  repeated_.fetch_add(1, std::memory_order_relaxed);
  if (round.trouble == Trouble::kAway && round.broken) note_away(*round.broken);
  give_up_impatient(batch, round);
  std::unique_lock lock(mutex_);
  if (stopping_ && clock_.now() - stopped_ >= kLastTries) return;
  // A stop does not shorten it: it is short.
  wake_.wait_for(lock, pause, [this, until = clock_.now() + pause] { return clock_.now() >= until; });
  pause = std::min(pause * 2, kLongestPause);
}

void StoreThread::give_up_impatient(std::vector<StoreJob>& batch, const Round& round) {
  const SteadyTime now = clock_.now();
  std::vector<StoreJob> waiting;
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    stopped = stopping_ && now - stopped_ >= kLastTries;
    const auto over = [&](const StoreJob& job) {
      return stopped || (!job.patient && now - job.came >= options_.patience);
    };
    for (StoreJob& job : queue_) {
      if (over(job)) waiting.push_back(std::exchange(job, StoreJob{}));
    }
    std::erase_if(queue_, [](const StoreJob& job) { return job.finish == nullptr; });
  }
  const std::string why =
      round.broken ? round.broken->message : std::string("the database cannot be reached");
  const Error undone{ErrorCode::kUnavailable, why + "; nothing was changed"};
  const Error in_doubt{ErrorCode::kUnavailable, why + "; whether it was changed is not known"};
  for (StoreJob& job : batch) {
    if (job.finish != nullptr && (stopped || (!job.patient && now - job.came >= options_.patience))) {
      refuse(job, round.in_doubt ? in_doubt : undone);
    }
  }
  for (StoreJob& job : waiting) refuse(job, undone);
}

void StoreThread::refuse(StoreJob& job, const Error& why) {
  tell_failure(why);
  job.finish(&why);
  job.finish = nullptr;
}

void StoreThread::note_away(const Error& why) {
  if (!away_.exchange(true, std::memory_order_relaxed)) {
    away_since_ = clock_.now();
    store_logger().error("the database is away thread={} why=\"{}\"", options_.name, why.message);
  }
  if (clock_.now() - away_since_ >= options_.patience)
    impatient_refused_.store(true, std::memory_order_relaxed);
}

void StoreThread::note_back() {
  if (!away_.exchange(false, std::memory_order_relaxed)) return;
  impatient_refused_.store(false, std::memory_order_relaxed);
  const auto gone = std::chrono::duration_cast<Milliseconds>(clock_.now() - away_since_);
  store_logger().warn("the database is back thread={} after_ms={} waiting={}", options_.name, gone.count(),
                      waiting());
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
