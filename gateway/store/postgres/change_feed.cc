#include "gateway/store/postgres/change_feed.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "gateway/store/postgres/change_notice.h"
#include "gateway/store/store_logger.h"

namespace earshot::store::postgres {

namespace {

// A connection that is dead without having said so is found out by asking.
constexpr Milliseconds kProbeInterval{5000};
constexpr Milliseconds kFirstPause{100};
constexpr Milliseconds kLongestFeedPause{2000};

}  // namespace

ChangeFeed::ChangeFeed(const Settings& settings, Heard heard)
    : database_(settings),
      heard_(std::move(heard)),
      stop_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { work(); }) {}

ChangeFeed::~ChangeFeed() {
  stopping_.store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_event_, &one, sizeof one);
  thread_.join();
  ::close(stop_event_);
}

void ChangeFeed::work() {
  Milliseconds pause = kFirstPause;
  bool lost_told = false;
  while (!stopping_.load()) {
    try {
      listen();
      pause = kFirstPause;
      lost_told = false;
      while (!stopping_.load()) hear();
    } catch (const StoreError& failure) {
      if (!std::exchange(lost_told, true)) {
        store_logger().warn("changes of other gateways are not heard why=\"{}\"", failure.what());
      }
      database_.disconnect();
      wait(-1, pause);
      pause = std::min(pause * 2, kLongestFeedPause);
    }
  }
}

void ChangeFeed::listen() {
  database_.connect();
  database_.script("LISTEN earshot_changes");
  store_logger().info("changes of other gateways are heard");
  heard_({StoreChange{}});
}

void ChangeFeed::hear() {
  const bool ready = wait(database_.socket(), kProbeInterval);
  if (stopping_.load()) return;
  if (!ready) database_.script("SELECT 1");
  std::vector<StoreChange> changes;
  for (const Notification& told : database_.notifications()) {
    if (changes.size() >= kMaxRound) {
      changes = {StoreChange{}};
      break;
    }
    if (auto change = change_of(told.payload, database_.settings().gateway))
      changes.push_back(std::move(*change));
  }
  if (!changes.empty()) heard_(std::move(changes));
}

// RETURNS: whether there is something to read.
bool ChangeFeed::wait(int socket, Milliseconds longest) {
  std::array<pollfd, 2> waited{
      {{.fd = stop_event_, .events = POLLIN, .revents = 0}, {.fd = socket, .events = POLLIN, .revents = 0}}};
  return ::poll(waited.data(), waited.size(), static_cast<int>(longest.count())) > 0 &&
         waited[1].revents != 0;
}

}  // namespace earshot::store::postgres
