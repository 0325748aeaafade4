// A conversation's strand is not the I/O thread: who is called where.
#include "worker/providers/asr/asr_proxy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace earshot::worker {
namespace {

// Counts the calls that reach it elsewhere than on its own thread.
class Recogniser final : public AsrProvider {
 public:
  Recogniser(const std::thread::id& home, std::atomic<int>& strays, std::atomic<bool>& alive)
      : home_(home), strays_(strays), alive_(alive) {}

  std::unique_ptr<AsrStream> open(const AsrRequest& request, Executor executor,
                                  AsrCallbacks callbacks) override {
    check();
    return std::make_unique<Stream>(*this, request.language, std::move(executor), std::move(callbacks));
  }

 private:
  class Stream final : public AsrStream {
   public:
    Stream(Recogniser& owner, std::string language, Executor executor, AsrCallbacks callbacks)
        : home_(owner.home_),
          strays_(owner.strays_),
          alive_(owner.alive_),
          language_(std::move(language)),
          executor_(std::move(executor)),
          callbacks_(std::move(callbacks)) {
      alive_ = true;
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() override {
      check();
      alive_ = false;
    }
    void write(std::span<const std::int16_t> pcm) override {
      check();
      samples_ += pcm.size();
      asio::post(executor_,
                 [tell = callbacks_.on_interim, samples = samples_] { tell(std::to_string(samples)); });
    }
    void finish() override {
      check();
      asio::post(executor_, [tell = callbacks_.on_final, text = language_ + std::to_string(samples_)] {
        tell(Transcript{.text = text});
      });
    }
    void cancel() override { check(); }

   private:
    void check() const {
      if (std::this_thread::get_id() != home_) ++strays_;
    }
    const std::thread::id& home_;
    std::atomic<int>& strays_;
    std::atomic<bool>& alive_;
    std::string language_;
    Executor executor_;
    AsrCallbacks callbacks_;
    std::size_t samples_ = 0;
  };

  void check() const {
    if (std::this_thread::get_id() != home_) ++strays_;
  }

  const std::thread::id& home_;
  std::atomic<int>& strays_;
  std::atomic<bool>& alive_;
};

class AsrProxyTest : public testing::Test {
 protected:
  ~AsrProxyTest() override {
    work_.reset();
    thread_.join();
    pool_.join();
  }
  // Does it on the conversation's strand, and waits.
  template <class Action>
  void on_strand(Action action) {
    std::promise<void> done;
    asio::post(strand_, [&] {
      action();
      done.set_value();
    });
    done.get_future().wait();
  }
  void settle_io() {
    std::promise<void> done;
    asio::post(io_, [&] { done.set_value(); });
    done.get_future().wait();
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::thread thread_{[this] { io_.run(); }};
  std::thread::id home_ = thread_.get_id();
  asio::thread_pool pool_{2};
  asio::strand<asio::thread_pool::executor_type> strand_ = asio::make_strand(pool_.get_executor());
  std::atomic<int> strays_ = 0;
  std::atomic<bool> alive_ = false;
  std::unique_ptr<AsrProvider> proxy_ =
      make_asr_proxy(std::make_unique<Recogniser>(home_, strays_, alive_), io_);
};

TEST_F(AsrProxyTest, WorksOnTheIoThreadAndReportsOnTheStrand) {
  std::promise<std::string> final;
  std::vector<std::string> interim;
  std::unique_ptr<AsrStream> stream;
  on_strand([&] {
    stream = proxy_->open({.language = "en"}, strand_,
                          {.on_interim =
                               [&](const std::string& text) {
                                 EXPECT_TRUE(strand_.running_in_this_thread());
                                 interim.push_back(text);
                               },
                           .on_final =
                               [&](const Result<Transcript>& transcript) {
                                 EXPECT_TRUE(strand_.running_in_this_thread());
                                 final.set_value(transcript->text);
                               }});
    stream->write(std::vector<std::int16_t>(320));
    stream->write(std::vector<std::int16_t>(320));
    stream->finish();
  });
  EXPECT_EQ(final.get_future().get(), "en640");
  on_strand([&] { stream.reset(); });
  EXPECT_EQ(interim, (std::vector<std::string>{"320", "640"}));
  settle_io();
  EXPECT_FALSE(alive_);
  EXPECT_EQ(strays_, 0);
}

TEST_F(AsrProxyTest, SaysNothingMoreOnceItIsCancelled) {
  int told = 0;
  on_strand([&] {
    auto stream = proxy_->open({}, strand_,
                               {.on_interim = [&](const std::string&) { ++told; },
                                .on_final = [&](const Result<Transcript>&) { ++told; }});
    stream->write(std::vector<std::int16_t>(320));
    stream->finish();
    settle_io();  // what it has to say waits for the strand now
    stream->cancel();
  });
  on_strand([] {});
  settle_io();
  EXPECT_EQ(told, 0);
  EXPECT_FALSE(alive_);
  EXPECT_EQ(strays_, 0);
}

TEST_F(AsrProxyTest, OpensAStreamThoughTheProviderGoes) {
  std::promise<std::string> final;
  std::unique_ptr<AsrStream> stream;
  on_strand([&] {
    stream = proxy_->open({.language = "de"}, strand_,
                          {.on_interim = nullptr, .on_final = [&](const Result<Transcript>& transcript) {
                             final.set_value(transcript->text);
                           }});
    proxy_.reset();
    stream->finish();
  });
  EXPECT_EQ(final.get_future().get(), "de0");
  on_strand([&] { stream.reset(); });
}

}  // namespace
}  // namespace earshot::worker
