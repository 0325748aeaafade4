// The data of each page of the console, fetched as the API fetches it and timed.
//
// Runs on: one thread, with the io_context that it is given.
// Beside it a writer adds turns, as conversations do.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "bench/store/sample_data.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/store/store_proxy.h"

namespace earshot::bench {

struct PageFigures {
  std::string name;
  std::vector<double> ms;        // each time it was fetched
  std::vector<double> floor_ms;  // "SELECT 1" before each
};

class ConsolePages {
 public:
  ConsolePages(asio::io_context& io, store::StoreProxy& store, const gateway::DeviceDirectory& devices,
               SampleData& data, store::WallTime now);

  // Fetches each page `rounds` times in random order while `turns_a_second` are written; fails (throws) when
  // a page has an error or less on it than it should.
  std::vector<PageFigures> measure(int rounds, int turns_a_second, const std::function<void()>& select_one);
  std::uint64_t written() const { return written_; }

 private:
  using Fetch = std::function<std::size_t()>;  // RETURNS: how many entries came
  struct ConsolePage {
    std::string name;
    Fetch fetch;
  };
  template <class Job>
  Fetch from_store(Job job);
  Fetch from_directory(gateway::DeviceQuery query);
  void add_pages();
  void write_later(Milliseconds interval);
  std::string deep_cursor(int pages);
  int random_number(int below);

  asio::io_context& io_;
  store::StoreProxy& store_;
  const gateway::DeviceDirectory& devices_;
  SampleData& data_;
  store::WallTime now_;
  asio::steady_timer timer_;
  std::mt19937 random_{7};
  std::vector<ConsolePage> pages_;
  int next_turn_;
  std::uint64_t written_ = 0;
  bool writing_ = false;
};

}  // namespace earshot::bench
