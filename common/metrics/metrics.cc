#include "common/metrics/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <map>

namespace earshot::metrics {

namespace {

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

double seconds(Microseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void DurationHistogram::observe(Microseconds time) {
  const auto bound = std::ranges::find_if(kBoundsMs, [&](int ms) { return time <= Milliseconds(ms); });
  ++counts_[static_cast<std::size_t>(bound - kBoundsMs.begin())];
  ++count_;
  sum_ += time;
}

struct Page::Families {
  std::map<std::string, prometheus::MetricFamily> all;

  std::vector<prometheus::ClientMetric>& of(const std::string& name, const std::string& help,
                                            prometheus::MetricType type) {
    prometheus::MetricFamily& family = all[name];
    family.name = name;
    family.help = help;
    family.type = type;
    return family.metric;
  }
};

Page::Page() : families_(std::make_unique<Families>()) {}

Page::~Page() = default;

void Page::counter(const std::string& name, const std::string& help, const Labels& labels, double value) {
  prometheus::ClientMetric metric = labelled(labels);
  metric.counter.value = value;
  families_->of(name, help, prometheus::MetricType::Counter).push_back(std::move(metric));
}

void Page::gauge(const std::string& name, const std::string& help, const Labels& labels, double value) {
  prometheus::ClientMetric metric = labelled(labels);
  metric.gauge.value = value;
  families_->of(name, help, prometheus::MetricType::Gauge).push_back(std::move(metric));
}

void Page::histogram(const std::string& name, const std::string& help, const Labels& labels,
                     const DurationHistogram& value) {
  prometheus::ClientMetric metric = labelled(labels);
  metric.histogram.sample_count = value.count();
  metric.histogram.sample_sum = seconds(value.sum());
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < value.counts().size(); ++i) {
    below += value.counts()[i];
    const bool last = i == DurationHistogram::kBoundsMs.size();
    metric.histogram.bucket.push_back(
        {.cumulative_count = below,
         .upper_bound = last ? std::numeric_limits<double>::infinity()
                             : seconds(Milliseconds(DurationHistogram::kBoundsMs[i]))});
  }
  families_->of(name, help, prometheus::MetricType::Histogram).push_back(std::move(metric));
}

std::string Page::text() const {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [name, family] : families_->all) families.push_back(family);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace earshot::metrics
