#include "common/http/name_lookup.h"

#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace earshot::http {

using asio::ip::tcp;

namespace {

error_code error_of(int failure) {
  switch (failure) {
    case EAI_AGAIN:
      return asio::error::host_not_found_try_again;
    case EAI_MEMORY:
      return asio::error::no_memory;
    case EAI_SERVICE:
      return asio::error::service_not_found;
    case EAI_FAIL:
      return asio::error::no_recovery;
    default:
      return asio::error::host_not_found;
  }
}

error_code resolve_by_system(const std::string& host, const std::string& port, Endpoints& found) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &first);
  if (failure != 0) return error_of(failure);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(first, ::freeaddrinfo);
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    found.push_back(endpoint);
  }
  return found.empty() ? error_code(asio::error::host_not_found) : error_code();
}

bool find_numeric(const std::string& host, const std::string& port, Endpoints& found) {
  error_code failure;
  const auto address = asio::ip::make_address(host, failure);
  std::uint16_t number = 0;
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (failure || bad != std::errc{} || end != port.data() + port.size()) return false;
  found.emplace_back(address, number);
  return true;
}

}  // namespace

// The one place of the client with a lock: a thread in getaddrinfo() cannot be joined, so it has to find out
// by itself whether anybody is left who waits for it.
struct NameLookup::State {
  struct Waiter {
    Ticket ticket = 0;
    Executor executor;
    asio::any_io_executor work;  // io_context::run() goes on while somebody waits
    Found found;
  };
  struct Outcome {
    Waiter waiter;
    error_code failure;
    Endpoints endpoints;
  };
  using Name = std::pair<std::string, std::string>;  // host and port

  void finish(const Name& name, const error_code& failure, const Endpoints& endpoints) {
    std::list<Waiter> waiters;
    const std::lock_guard lock(mutex);
    if (closed) return;
    if (const auto entry = names.find(name); entry != names.end()) {
      waiters = std::move(entry->second);
      names.erase(entry);
    }
    // Posted under the lock: the io_context is there until shutdown() has had it.
    for (Waiter& waiter : waiters) deliver(std::move(waiter), failure, endpoints);
  }

  void deliver(Waiter waiter, const error_code& failure, Endpoints endpoints) {
    const Ticket ticket = waiter.ticket;
    const Executor executor = waiter.executor;
    results.emplace(
        ticket, Outcome{.waiter = std::move(waiter), .failure = failure, .endpoints = std::move(endpoints)});
    asio::post(executor, [this, ticket] {
      std::optional<Outcome> outcome;
      {
        const std::lock_guard lock(mutex);
        const auto entry = results.find(ticket);
        if (entry == results.end()) return;
        outcome.emplace(std::move(entry->second));
        results.erase(entry);
      }
      outcome->waiter.found(outcome->failure, outcome->endpoints);
    });
  }

  std::mutex mutex;
  std::map<Name, std::list<Waiter>> names;  // each with a thread
  std::map<Ticket, Outcome> results;        // on their way to the io_context; may still be cancelled
  Resolve resolve = resolve_by_system;
  Ticket next = 0;
  bool closed = false;
};

NameLookup::NameLookup(asio::execution_context& context)
    : asio::execution_context::service(context), state_(std::make_shared<State>()) {}

NameLookup::~NameLookup() = default;

NameLookup::Ticket NameLookup::find(const std::string& host, const std::string& port, Executor executor,
                                    Found found) {
  const std::lock_guard lock(state_->mutex);
  const Ticket ticket = ++state_->next;
  State::Waiter waiter{.ticket = ticket,
                       .executor = executor,
                       .work = asio::prefer(executor, asio::execution::outstanding_work.tracked),
                       .found = std::move(found)};
  Endpoints numeric;
  if (find_numeric(host, port, numeric)) {
    state_->deliver(std::move(waiter), {}, numeric);
    return ticket;
  }
  State::Name name(host, port);
  if (const auto entry = state_->names.find(name); entry != state_->names.end()) {
    entry->second.push_back(std::move(waiter));
    return ticket;
  }
  if (state_->names.size() >= kMaxNames) {
    state_->deliver(std::move(waiter), asio::error::no_buffer_space, {});
    return ticket;
  }
  try {
    std::thread([state = state_, name, resolve = state_->resolve] {
      Endpoints endpoints;
      const error_code failure = resolve(name.first, name.second, endpoints);
      state->finish(name, failure, endpoints);
    }).detach();
  } catch (const std::system_error&) {
    state_->deliver(std::move(waiter), asio::error::no_memory, {});
    return ticket;
  }
  state_->names[name].push_back(std::move(waiter));
  return ticket;
}

void NameLookup::cancel(Ticket ticket) {
  const std::lock_guard lock(state_->mutex);
  if (const auto result = state_->results.find(ticket); result != state_->results.end()) {
    result->second.failure = asio::error::operation_aborted;
    return;
  }
  for (auto& [name, waiters] : state_->names) {
    const auto waiter = std::ranges::find(waiters, ticket, &State::Waiter::ticket);
    if (waiter == waiters.end()) continue;
    state_->deliver(std::move(*waiter), asio::error::operation_aborted, {});
    waiters.erase(waiter);
    return;  // the name stays: its thread is still at it
  }
}

void NameLookup::set_resolve(Resolve resolve) {
  state_->resolve = std::move(resolve);
}

void NameLookup::shutdown() {
  std::map<State::Name, std::list<State::Waiter>> names;
  std::map<Ticket, State::Outcome> results;
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  names = std::move(state_->names);
  results = std::move(state_->results);
}

}  // namespace earshot::http
