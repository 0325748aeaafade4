// The one door to prometheus-cpp (core): what a process has counted and measured, as the text that Prometheus
// scrapes. Nothing is registered: whoever owns the figures writes a Page when it is asked for one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace earshot::metrics {

inline constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

using Labels = std::vector<std::pair<std::string, std::string>>;

// Durations in fixed buckets from 1 ms to 30 s, about two in each factor of two where turns live: so that p99
// of our own share (20 ms) and p50 of the first audio (700 ms) can be read from it. Pure; one owner.
class DurationHistogram {
 public:
  static constexpr std::array kBoundsMs = {1,    2,    3,    5,    7,    10,   15,   20,    30,    50,
                                           75,   100,  150,  200,  300,  400,  500,  600,   700,   850,
                                           1000, 1200, 1500, 2000, 3000, 5000, 7500, 10000, 15000, 30000};

  void observe(Microseconds time);

  const std::array<std::uint64_t, kBoundsMs.size() + 1>& counts() const { return counts_; }  // not cumulative
  std::uint64_t count() const { return count_; }
  Microseconds sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBoundsMs.size() + 1> counts_{};
  std::uint64_t count_ = 0;
  Microseconds sum_{0};
};

// One scrape. Values of one name come together in the text, whatever the order in which they are added. Names
// follow Prometheus: earshot_<what>_<unit>, counters end in _total.
// REQUIRES: a name keeps its kind and help; names and labels are valid ([a-zA-Z_][a-zA-Z0-9_]*). Label values
// may be any UTF-8; they are bounded by the caller (a label from the network makes a series each).
class Page {
 public:
  Page();
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  void counter(const std::string& name, const std::string& help, const Labels& labels, double value);
  void gauge(const std::string& name, const std::string& help, const Labels& labels, double value);
  void histogram(const std::string& name, const std::string& help, const Labels& labels,
                 const DurationHistogram& value);  // in seconds

  std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace earshot::metrics
