#include "bench/speech/reading.h"

#include <time.h>

#include <algorithm>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "common/asio/asio.h"

namespace earshot::bench {

namespace {

constexpr std::size_t kPacketSamples = 960;

double cpu_now() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

Reading read_utterance(worker::AsrProvider& asr, const Pcm& utterance) {
  // An engine that was not waited for tells its end here when the next utterance is read, or when all are.
  static asio::io_context io{1};
  static const auto work = asio::make_work_guard(io);  // without any it would stop, and stay so
  const double before = cpu_now();
  std::optional<Result<worker::Transcript>> final;
  const auto stream = asr.open({.language = "en-US"}, io.get_executor(),
                               {.on_interim = nullptr, .on_final = [&](Result<worker::Transcript> heard) {
                                  final = std::move(heard);
                                }});
  for (std::span<const std::int16_t> rest = utterance.samples; !rest.empty();) {
    const std::size_t packet = std::min(rest.size(), kPacketSamples);
    stream->write(rest.first(packet));
    rest = rest.subspan(packet);
  }
  stream->finish();
  while (!final) io.run_one();
  if (!*final) throw std::runtime_error("the recogniser failed: " + final->error().message);
  return {.heard = std::move(**final),
          .seconds = static_cast<double>(utterance.samples.size()) / utterance.sample_rate_hz,
          .cpu_seconds = cpu_now() - before};
}

}  // namespace earshot::bench
