#include "worker/providers/asr/asr_proxy.h"

#include <utility>
#include <vector>

namespace earshot::worker {

namespace {

// What the conversation wants to hear. Touched on its executor only.
struct Listener {
  AsrCallbacks callbacks;
  bool over = false;
};

// Touched on the I/O thread only.
struct Remote {
  std::unique_ptr<AsrStream> stream;
};

AsrCallbacks callbacks_to(const std::shared_ptr<Listener>& listener, const Executor& executor) {
  AsrCallbacks callbacks;
  if (listener->callbacks.on_interim) {
    callbacks.on_interim = [listener, executor](const std::string& text) {
      asio::post(executor, [listener, text] {
        const auto on_interim = listener->over ? nullptr : listener->callbacks.on_interim;
        if (on_interim) on_interim(text);
      });
    };
  }
  callbacks.on_final = [listener, executor](Result<Transcript> transcript) {
    asio::post(executor, [listener, transcript = std::move(transcript)]() mutable {
      if (std::exchange(listener->over, true)) return;
      const AsrCallbacks last = std::exchange(listener->callbacks, {});
      last.on_final(std::move(transcript));
    });
  };
  return callbacks;
}

class ProxyStream final : public AsrStream {
 public:
  ProxyStream(asio::io_context& io, std::shared_ptr<Listener> listener)
      : io_(io), listener_(std::move(listener)) {}
  ProxyStream(const ProxyStream&) = delete;
  ProxyStream& operator=(const ProxyStream&) = delete;
  ~ProxyStream() override { cancel(); }

  const std::shared_ptr<Remote>& remote() const { return remote_; }

  void write(std::span<const std::int16_t> pcm) override {
    asio::dispatch(io_, [remote = remote_, samples = std::vector<std::int16_t>(pcm.begin(), pcm.end())] {
      if (remote->stream) remote->stream->write(samples);
    });
  }
  void pause() override { pass_on(&AsrStream::pause); }
  void resume() override { pass_on(&AsrStream::resume); }
  void finish() override { pass_on(&AsrStream::finish); }
  void cancel() override {
    listener_->over = true;
    listener_->callbacks = {};
    asio::dispatch(io_, [remote = remote_] { remote->stream.reset(); });
  }

 private:
  void pass_on(void (AsrStream::*method)()) {
    asio::dispatch(io_, [remote = remote_, method] {
      if (remote->stream) (remote->stream.get()->*method)();
    });
  }

  asio::io_context& io_;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<Remote> remote_ = std::make_shared<Remote>();
};

class AsrProxy final : public AsrProvider {
 public:
  AsrProxy(std::unique_ptr<AsrProvider> remote, asio::io_context& io) : remote_(std::move(remote)), io_(io) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override {
    auto listener = std::make_shared<Listener>(std::move(callbacks));
    auto stream = std::make_unique<ProxyStream>(io_, listener);
    asio::dispatch(io_, [provider = remote_, remote = stream->remote(), request, &io = io_,
                         told = callbacks_to(listener, executor)]() mutable {
      remote->stream = provider->open(request, io.get_executor(), std::move(told));
    });
    return stream;
  }

 private:
  std::shared_ptr<AsrProvider> remote_;
  asio::io_context& io_;
};

}  // namespace

std::unique_ptr<AsrProvider> make_asr_proxy(std::unique_ptr<AsrProvider> remote, asio::io_context& io) {
  return std::make_unique<AsrProxy>(std::move(remote), io);
}

}  // namespace earshot::worker
