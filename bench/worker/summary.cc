#include "bench/worker/summary.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "common/json/json.h"

namespace earshot::bench {

namespace {

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

double rounded(double value, double step) {
  return std::round(value / step) * step;
}

}  // namespace

Summary summarise(const Measured& measured) {
  Summary summary;
  const double cpu = measured.end.cpu_seconds - measured.start.cpu_seconds;
  const double grown = static_cast<double>(measured.end.peak_kb) - static_cast<double>(measured.idle.rss_kb);
  summary.busy = measured.seconds > 0 ? cpu / measured.seconds : 0;
  summary.core_share = measured.conversations > 0 ? summary.busy / measured.conversations : 0;
  summary.conversations_per_core = summary.core_share > 0 ? 1 / summary.core_share : 0;
  summary.rss_kb_per_conversation = measured.conversations > 0 ? grown / measured.conversations : 0;
  const auto up = static_cast<double>(measured.talk.frames_up);
  const auto down = static_cast<double>(measured.talk.frames_down);
  const double bare = up * measured.opus.decode_us + down * measured.opus.encode_us;
  const double before = up * measured.opus.decode_us + down * measured.opus.encode_all_us;
  summary.over_opus = bare > 0 ? cpu * 1e6 / bare : 0;
  summary.over_opus_before = before > 0 ? cpu * 1e6 / before : 0;
  summary.answer_p50_ms = percentile(measured.talk.answer_ms, 0.5);
  summary.answer_p99_ms = percentile(measured.talk.answer_ms, 0.99);
  return summary;
}

std::string as_text(const Measured& measured, const Summary& summary) {
  char line[1024];
  std::snprintf(
      line, sizeof line,
      "conversations            %d for %.0f s: %llu turns, %llu unanswered\n"
      "worker's processor       %.1f %% of one core, %.0f us a second and conversation\n"
      "conversations per core   %.0f\n"
      "over the bare Opus work  %.2f (decode %.0f us a frame, encode %.0f us; %.2f over complexity 5 and all "
      "of "
      "the band, %.0f us)\n"
      "memory                   %llu kB idle, %llu kB at most: %.0f kB a conversation\n"
      "answer                   p50 %.0f ms, p99 %.0f ms after the last packet of speech\n"
      "frames                   %llu up, %llu down; the bench's own timer was late by %.0f ms at worst\n",
      measured.conversations, measured.seconds, static_cast<unsigned long long>(measured.talk.turns),
      static_cast<unsigned long long>(measured.talk.unanswered), summary.busy * 100, summary.core_share * 1e6,
      summary.conversations_per_core, summary.over_opus, measured.opus.decode_us, measured.opus.encode_us,
      summary.over_opus_before, measured.opus.encode_all_us,
      static_cast<unsigned long long>(measured.idle.rss_kb),
      static_cast<unsigned long long>(measured.end.peak_kb), summary.rss_kb_per_conversation,
      summary.answer_p50_ms, summary.answer_p99_ms, static_cast<unsigned long long>(measured.talk.frames_up),
      static_cast<unsigned long long>(measured.talk.frames_down), measured.own_delay_ms);
  return line;
}

std::string as_json(const Measured& measured, const Summary& summary) {
  return json::serialize(
      json::object{{"conversations", measured.conversations},
                   {"seconds", rounded(measured.seconds, 0.01)},
                   {"turns", measured.talk.turns},
                   {"unanswered", measured.talk.unanswered},
                   {"frames_up", measured.talk.frames_up},
                   {"frames_down", measured.talk.frames_down},
                   {"busy", rounded(summary.busy, 0.001)},
                   {"cpu_us_per_conversation_second", std::llround(summary.core_share * 1e6)},
                   {"conversations_per_core", std::llround(summary.conversations_per_core)},
                   {"over_opus", rounded(summary.over_opus, 0.001)},
                   {"over_opus_before", rounded(summary.over_opus_before, 0.001)},
                   {"opus_us", json::object{{"decode", rounded(measured.opus.decode_us, 0.1)},
                                            {"encode", rounded(measured.opus.encode_us, 0.1)},
                                            {"encode_before", rounded(measured.opus.encode_all_us, 0.1)}}},
                   {"rss_kb_idle", measured.idle.rss_kb},
                   {"rss_kb_peak", measured.end.peak_kb},
                   {"rss_kb_per_conversation", std::llround(summary.rss_kb_per_conversation)},
                   {"answer_ms", json::object{{"p50", rounded(summary.answer_p50_ms, 0.1)},
                                              {"p99", rounded(summary.answer_p99_ms, 0.1)}}},
                   {"own_delay_ms", std::llround(measured.own_delay_ms)}});
}

}  // namespace earshot::bench
