#include "worker/memory/fact_learner.h"

#include <utility>

namespace earshot::worker {

FactLearner::FactLearner(LlmProvider& brain, Executor executor, FactBook* facts,
                         std::function<std::string()> today, std::function<std::int64_t()> wall_ms)
    : brain_(brain),
      executor_(std::move(executor)),
      facts_(brain.remembers() ? nullptr : facts),
      today_(std::move(today)),
      wall_ms_(std::move(wall_ms)) {}

void FactLearner::heard(Exchange exchange, SteadyTime now) {
  if (facts_ == nullptr || exchange.words.empty()) return;
  quiet_since_ = now;
  waiting_.push_back(std::move(exchange));
  if (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

void FactLearner::pause(SteadyTime now) {
  quiet_since_ = now;
  if (stream_) put_back();
}

void FactLearner::tick(SteadyTime now) {
  if (stream_ && now >= give_up_) {
    stream_->cancel();
    stream_.reset();
    asked_.clear();
  }
  if (!stream_ && !waiting_.empty() && now - quiet_since_ >= kQuiet) begin(now);
}

void FactLearner::forget() {
  close();
  asked_.clear();
  answer_.clear();
  summary_.clear();
}

void FactLearner::close() {
  if (stream_) stream_->cancel();
  stream_.reset();
  waiting_.clear();
}

void FactLearner::begin(SteadyTime now) {
  asked_.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  answer_.clear();
  give_up_ = now + kPatience;
  // None is called after cancel(), which put_back() and close() call, so `this` is safe.
  LlmCallbacks callbacks;
  callbacks.on_text = [this](const std::string& delta) {
    if (answer_.size() < kMaxExtractionBytes) answer_ += delta;
  };
  callbacks.on_tool_call = [](const ToolCall&) {};
  callbacks.on_done = [this](const Status& status) { on_done(status); };
  stream_ = brain_.chat(extraction_request(facts_->facts(), summary_, asked_, today_()), executor_,
                        std::move(callbacks));
}

void FactLearner::put_back() {
  stream_->cancel();
  stream_.reset();
  waiting_.insert(waiting_.begin(), std::make_move_iterator(asked_.begin()),
                  std::make_move_iterator(asked_.end()));
  asked_.clear();
  while (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

// A model that failed is not asked again about the same: the next exchange brings the next chance.
void FactLearner::on_done(const Status& status) {
  asio::post(executor_, [stream = std::move(stream_)] {});  // it may be inside its own callback
  asked_.clear();
  if (!status) return;
  FactChange change = read_extraction(answer_, facts_->facts());
  if (!change.summary.empty()) summary_ = change.summary;
  const bool anything = !change.learnt.empty() || !change.forgotten.empty() || !change.summary.empty();
  if (anything) facts_->apply(std::move(change), wall_ms_());
}

}  // namespace earshot::worker
