#include "worker/providers/asr/ws_asr.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace earshot::worker {

namespace {

constexpr std::size_t kMessageSamples = 1600;              // 100 ms
constexpr std::size_t kMaxUtteranceSamples = 120 * 16000;  // two minutes

struct WsUtterance : std::enable_shared_from_this<WsUtterance> {
  WsUtterance(WsAsrPlan made, Executor where, AsrCallbacks calls)
      : plan(std::move(made)), executor(std::move(where)), callbacks(std::move(calls)) {}

  void start(WsConnections& connections) {
    const std::weak_ptr<WsUtterance> weak = weak_from_this();
    task = std::make_unique<WsTask>(connections, plan.request, plan.task, *plan.dialogue,
                                    WsTaskCallbacks{.on_progress =
                                                        [weak] {
                                                          if (const auto self = weak.lock()) self->progress();
                                                        },
                                                    .on_done =
                                                        [weak](Status status) {
                                                          if (const auto self = weak.lock())
                                                            self->ended(std::move(status));
                                                        }});
  }

  void write(std::span<const std::int16_t> pcm) {
    if (over || finished) return;
    pcm = pcm.first(std::min(pcm.size(), kMaxUtteranceSamples - samples));
    samples += pcm.size();
    pending.insert(pending.end(), pcm.begin(), pcm.end());
    std::size_t sent = 0;
    for (; pending.size() - sent >= kMessageSamples; sent += kMessageSamples) {
      task->send(plan.dialogue->audio(std::span(pending).subspan(sent, kMessageSamples)));
    }
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(sent));
  }

  void finish() {
    if (over || finished) return;
    finished = true;
    if (outcome) return deliver();
    if (!pending.empty()) task->send(plan.dialogue->audio(pending));
    task->finish();
  }

  void cancel() {
    over = true;
    callbacks = {};
    task.reset();
  }

  void progress() {
    std::string text = plan.dialogue->transcript();
    if (over || text.empty() || text == interim) return;
    interim = text;
    if (!callbacks.on_interim) return;
    asio::dispatch(executor, [self = shared_from_this(), text = std::move(text)] {
      const auto on_interim = self->over ? nullptr : self->callbacks.on_interim;
      if (on_interim) on_interim(text);
    });
  }

  void ended(Status status) {
    if (status.ok()) {
      outcome = Transcript{
          .text = plan.dialogue->transcript(), .understood = true, .confidence = plan.dialogue->confidence()};
    } else {
      outcome = status.error();
    }
    if (finished) deliver();
  }

  // Always through the queue: the end may be known when finish() is called.
  void deliver() {
    asio::post(executor, [self = shared_from_this()] {
      if (self->over) return;
      self->over = true;
      const auto on_final = std::move(self->callbacks.on_final);
      self->callbacks = {};
      if (on_final) on_final(std::move(*self->outcome));
    });
  }

  WsAsrPlan plan;
  Executor executor;
  AsrCallbacks callbacks;
  std::unique_ptr<WsTask> task;
  std::vector<std::int16_t> pending;
  std::size_t samples = 0;
  std::string interim;
  std::optional<Result<Transcript>> outcome;
  bool finished = false;
  bool over = false;
};

class WsStream final : public AsrStream {
 public:
  explicit WsStream(std::shared_ptr<WsUtterance> utterance) : utterance_(std::move(utterance)) {}
  ~WsStream() override { utterance_->cancel(); }
  void write(std::span<const std::int16_t> pcm_16khz) override { utterance_->write(pcm_16khz); }
  void finish() override { utterance_->finish(); }
  void cancel() override { utterance_->cancel(); }

 private:
  std::shared_ptr<WsUtterance> utterance_;
};

class WsAsr final : public AsrProvider {
 public:
  WsAsr(const ProviderContext& context, std::function<WsAsrPlan(const AsrRequest&)> plan)
      : connections_(context.io), plan_(std::move(plan)) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override {
    auto utterance = std::make_shared<WsUtterance>(plan_(request), std::move(executor), std::move(callbacks));
    utterance->start(connections_);
    return std::make_unique<WsStream>(std::move(utterance));
  }

 private:
  WsConnections connections_;
  std::function<WsAsrPlan(const AsrRequest&)> plan_;
};

}  // namespace

std::unique_ptr<AsrProvider> make_ws_asr(const ProviderContext& context,
                                         std::function<WsAsrPlan(const AsrRequest&)> plan) {
  return std::make_unique<WsAsr>(context, std::move(plan));
}

}  // namespace earshot::worker
