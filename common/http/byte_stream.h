// A connection's bytes, of whatever kind it is: reads and writes take handlers of any type and keep them behind
// one. What Beast builds on it is compiled once a user, not once for each kind of connection and handler, which
// took a minute of compilation each.
//
// Lifecycle: one read and one write at a time. It outlives its operations: their handlers keep its owner alive,
// or the io_context stops first.
// Is: what Beast calls an AsyncStream.
#pragma once

#include <array>
#include <memory>
#include <type_traits>
#include <utility>

#include "common/asio/asio.h"

namespace earshot::http {

// A handler of (error_code, bytes), called once.
class IoHandler {
 public:
  template <class Handler>
    requires(!std::is_same_v<Handler, IoHandler>)
  explicit IoHandler(Handler handler) : held_(std::make_unique<Holder<Handler>>(std::move(handler))) {}

  void operator()(const error_code& failure, std::size_t bytes) {
    const auto last = std::move(held_);
    last->call(failure, bytes);
  }

 private:
  struct Held {
    virtual ~Held() = default;
    virtual void call(const error_code& failure, std::size_t bytes) = 0;
  };
  template <class Handler>
  struct Holder final : Held {
    explicit Holder(Handler&& given) : handler(std::move(given)) {}
    void call(const error_code& failure, std::size_t bytes) override { std::move(handler)(failure, bytes); }
    Handler handler;
  };

  std::unique_ptr<Held> held_;
};

// Asio looks into a stream by deriving from it: no stream is final.
class ByteStream {
 public:
  using executor_type = Executor;

  ByteStream() = default;
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  virtual Executor get_executor() = 0;

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& then, const Buffers& into) {
          read_some(first_of(into), IoHandler(std::forward<decltype(then)>(then)));
        },
        handler, buffers);
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& then, const Buffers& from) {
          Gathered few{};
          std::size_t count = 0;
          for (auto at = asio::buffer_sequence_begin(from);
               at != asio::buffer_sequence_end(from) && count < few.size(); ++at)
            few[count++] = *at;
          write_some(few, IoHandler(std::forward<decltype(then)>(then)));
        },
        handler, buffers);
  }

 protected:
  // Of a longer sequence the first ones: a call writes some, its user the rest.
  using Gathered = std::array<asio::const_buffer, 8>;

 private:
  template <class Buffers>
  static asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
      const asio::mutable_buffer one(*at);
      if (one.size() > 0) return one;
    }
    return {};
  }
  virtual void read_some(asio::mutable_buffer into, IoHandler handler) = 0;
  virtual void write_some(const Gathered& from, IoHandler handler) = 0;
};

}  // namespace earshot::http
