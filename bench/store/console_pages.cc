#include "bench/store/console_pages.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

namespace earshot::bench {

namespace {

constexpr std::size_t kPage = 50;
constexpr int kDeepPages = 100;  // of 1000 entries

template <class Action>
double milliseconds_of(Action&& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

ConsolePages::ConsolePages(asio::io_context& io, store::StoreProxy& store,
                           const gateway::DeviceDirectory& devices, SampleData& data, store::WallTime now)
    : io_(io),
      store_(store),
      devices_(devices),
      data_(data),
      now_(now),
      timer_(io),
      next_turn_(data.size().turns) {
  add_pages();
}

std::vector<PageFigures> ConsolePages::measure(int rounds, int turns_a_second,
                                               const std::function<void()>& select_one) {
  std::vector<PageFigures> figures;
  for (const ConsolePage& page : pages_) {
    figures.push_back({.name = page.name, .ms = {}, .floor_ms = {}});
    if (page.fetch() == 0) throw std::runtime_error(page.name + ": nothing came");
  }
  writing_ = true;
  timer_.expires_after(Milliseconds(0));
  write_later(Milliseconds(1000 / std::max(turns_a_second, 1)));
  std::vector<std::size_t> order(pages_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (int round = 0; round < rounds; ++round) {
    std::ranges::shuffle(order, random_);
    for (const std::size_t i : order) {
      figures[i].floor_ms.push_back(milliseconds_of(select_one));
      figures[i].ms.push_back(milliseconds_of([&] { pages_[i].fetch(); }));
      io_.poll();
    }
  }
  writing_ = false;
  timer_.cancel();
  io_.restart();
  io_.run();
  return figures;
}

// As a route does it: a job to the reader, the answer on the executor;
// what else comes meanwhile is served too.
template <class Job>
ConsolePages::Fetch ConsolePages::from_store(Job job) {
  return [this, job]() mutable {
    std::optional<Result<std::size_t>> came;
    store_.read(
        io_.get_executor(), [this, job](store::Store& store) mutable { return job(store); },
        [&came](Result<std::size_t> result) { came.emplace(std::move(result)); });
    io_.restart();
    while (!came) io_.run_one();
    if (!*came) throw std::runtime_error(came->error().message);
    return **came;
  };
}

ConsolePages::Fetch ConsolePages::from_directory(gateway::DeviceQuery query) {
  return [this, query = std::move(query)] { return devices_.search(query).total; };
}

void ConsolePages::add_pages() {
  using store::Store;
  const auto add = [this](std::string name, Fetch fetch) {
    pages_.push_back({std::move(name), std::move(fetch)});
  };
  const auto any_device = [this] { return SampleData::device_id(random_number(data_.size().devices)); };
  const auto latency = [this](std::optional<DeviceId> device, std::chrono::hours back, std::size_t buckets) {
    return [device, since = now_ - back, until = now_ + std::chrono::hours(1), buckets](Store& store) {
      return store.conversations().latency(device, since, until, buckets).size() +
             store.conversations().latest_turns(device, 100).size();
    };
  };
  constexpr std::chrono::hours kDay{24};
  constexpr std::chrono::hours kAll{24 * SampleData::kDays};

  add("devices, first page", from_directory({.limit = kPage}));
  add("devices, a late page",
      from_directory({.after = SampleData::device_id(data_.size().devices * 9 / 10).text()}));
  add("devices, search by text", from_directory({.text = "ROOM 99"}));
  add("devices, search by tag", from_directory({.tag = "floor-7"}));
  add("one device", from_store([any_device](Store& store) {
        const DeviceId id = any_device();
        return store.devices().tools(id)->size() +
               store.conversations().list(id, {.limit = 20}).items.size() +
               store.commands().list({.device = id}, {.limit = 20}).items.size();
      }));
  add("the busiest device", from_store([](Store& store) {
        const DeviceId id = SampleData::device_id(0);
        return store.conversations().list(id, {.limit = 20}).items.size() +
               store.commands().list({.device = id}, {.limit = 20}).items.size();
      }));
  add("conversations, first page",
      from_store([](Store& store) { return store.conversations().list({}, {.limit = kPage}).items.size(); }));
  add("conversations, a late page",
      from_store([cursor = deep_cursor(std::min(kDeepPages, data_.size().turns / 6000))](Store& store) {
        return store.conversations().list({}, {.limit = kPage, .before = cursor}).items.size();
      }));
  add("one conversation", from_store([this](Store& store) {
        const auto session =
            data_.session(random_number(data_.size().turns / SampleData::kTurnsOfConversation));
        return store.conversations().find(session)->turns + store.conversations().turns(session).size();
      }));
  add("sound of a turn", from_store([this](Store& store) {
        return store.conversations().audio(data_.session(0), 1)->user_audio.size();
      }));
  add("latency, all, one day", from_store(latency({}, kDay, 48)));
  add("latency, all, 90 days", from_store(latency({}, kAll, 90)));
  add("latency, one device, 90 days", from_store(latency(SampleData::device_id(1), kAll, 90)));
  add("latency, the busiest device, 90 days", from_store(latency(SampleData::device_id(0), kAll, 90)));
  add("commands, first page",
      from_store([](Store& store) { return store.commands().list({}, {.limit = kPage}).items.size(); }));
  add("commands that failed", from_store([](Store& store) {
        return store.commands().list({.state = store::CommandState::kFailed}, {.limit = kPage}).items.size();
      }));
  add("audit, first page",
      from_store([](Store& store) { return store.audit().list({.limit = kPage}).items.size(); }));
}

void ConsolePages::write_later(Milliseconds interval) {
  timer_.expires_at(timer_.expiry() + interval);
  timer_.async_wait([this, interval](error_code cancelled) {
    if (cancelled || !writing_) return;
    const int number = next_turn_++;
    auto conversation = data_.conversation(number / SampleData::kTurnsOfConversation);
    auto turn = data_.turn(number);
    conversation.started = turn.started = now_;
    conversation.session = turn.session = "live-" + std::to_string(now_.time_since_epoch().count()) + "-" +
                                          std::to_string(number / SampleData::kTurnsOfConversation);
    store_.write(
        io_.get_executor(),
        [conversation, turn](store::Store& store) {
          store.conversations().put(conversation);
          store.conversations().add(turn);
        },
        [this](const Status& done) {
          if (!done) throw std::runtime_error("a turn was not written: " + done.error().message);
          ++written_;
        });
    write_later(interval);
  });
}

std::string ConsolePages::deep_cursor(int pages) {
  return store_.read_at_start([pages](store::Store& store) {
    store::PageRequest request{.limit = store::kMaxPage};
    for (int i = 0; i < pages; ++i) request.before = store.conversations().list({}, request).next;
    return request.before;
  });
}

int ConsolePages::random_number(int below) {
  return static_cast<int>(random_() % static_cast<unsigned>(std::max(below, 1)));
}

}  // namespace earshot::bench
