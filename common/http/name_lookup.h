// Host names to addresses without anybody waiting behind a name server that is silent. Asio's own resolver has
// one thread for an io_context, so one dead name holds up the look-ups of all others, and the end of the
// io_context waits for it; getaddrinfo() cannot be called off, and takes 10 s and more to give up (resolv.conf(5):
// 5 s an attempt, 2 attempts, for each name server).
//
// Runs on: the io_context that it is a service of (asio::use_service<NameLookup>(io)); each look-up itself on a
// thread of its own, which nobody waits for.
// Owns: what waits for a name; it is destroyed with the io_context.
// Bounded: kMaxNames are looked up at once, the next one is refused (asio::error::no_buffer_space). Whoever asks
// for a name that is being looked up waits for that same look-up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/asio/asio.h"

namespace earshot::http {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

class NameLookup final : public asio::execution_context::service {
 public:
  static constexpr std::size_t kMaxNames = 32;
  using Ticket = std::uint64_t;
  // Called on the io_context, never from inside find().
  using Found = std::function<void(const error_code& failure, const Endpoints& endpoints)>;
  // What looks a name up, and may block: getaddrinfo(), but for tests. Called on any thread.
  using Resolve =
      std::function<error_code(const std::string& host, const std::string& port, Endpoints& found)>;

  inline static asio::execution_context::id id;

  explicit NameLookup(asio::execution_context& context);
  ~NameLookup() override;
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Numeric addresses are found without a thread.
  Ticket find(const std::string& host, const std::string& port, Executor executor, Found found);
  // `found` is called with operation_aborted, unless it was called already.
  void cancel(Ticket ticket);

  // For tests, before the first find().
  void set_resolve(Resolve resolve);

 private:
  struct State;

  void shutdown() override;

  std::shared_ptr<State> state_;  // shared with the threads
};

}  // namespace earshot::http
