#include "common/audio/resampler.h"

#include <algorithm>
#include <string>

#include <soxr.h>

namespace earshot {
namespace {

constexpr int kMinRateHz = 4000;
constexpr int kMaxRateHz = 192000;
// soxr keeps all the input of a call, in a buffer that grows by small steps: a clip of minutes in one call
// takes minutes.
constexpr std::size_t kMaxInput = 16384;

bool is_rate(int hz) {
  return hz >= kMinRateHz && hz <= kMaxRateHz;
}

}  // namespace

Result<Resampler> Resampler::create(int from_hz, int to_hz) {
  if (!is_rate(from_hz) || !is_rate(to_hz)) {
    return Error{ErrorCode::kInvalid,
                 "resampler: " + std::to_string(from_hz) + " Hz to " + std::to_string(to_hz) + " Hz"};
  }
  std::unique_ptr<::soxr, Free> filter;
  if (from_hz != to_hz) {
    const soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_MQ, 0);  // speech: 16 bits and little delay
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);           // no threads of its own
    soxr_error_t error = nullptr;
    filter.reset(soxr_create(from_hz, to_hz, 1, &error, &io, &quality, &runtime));
    if (!filter) return Error{ErrorCode::kInternal, std::string("resampler: ") + soxr_strerror(error)};
  }
  return Resampler(std::move(filter), from_hz, to_hz);
}

std::vector<std::int16_t> Resampler::process(std::span<const std::int16_t> samples) {
  if (!filter_) return {samples.begin(), samples.end()};
  if (samples.empty()) return {};  // soxr takes an absent input for the end of the stream
  std::vector<std::int16_t> out;
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kMaxInput));
    const std::size_t base = out.size();
    out.resize(base + piece.size() * static_cast<std::size_t>(to_hz_) / static_cast<std::size_t>(from_hz_) +
               4096);
    std::size_t taken = 0;
    std::size_t made = 0;
    const auto error = soxr_process(filter_.get(), piece.data(), piece.size(), &taken, out.data() + base,
                                    out.size() - base, &made);
    EARSHOT_CHECK(error == nullptr, "soxr fails only on wrong arguments");
    out.resize(base + made);
    samples = samples.subspan(taken);
    if (taken == 0 && made == 0) break;
  }
  return out;
}

std::vector<std::int16_t> Resampler::flush() {
  if (!filter_) return {};
  std::vector<std::int16_t> out;
  for (std::size_t made = 1; made > 0;) {
    const std::size_t base = out.size();
    out.resize(base + 4096);
    const auto error =
        soxr_process(filter_.get(), nullptr, 0, nullptr, out.data() + base, out.size() - base, &made);
    EARSHOT_CHECK(error == nullptr, "soxr fails only on wrong arguments");
    out.resize(base + made);
  }
  soxr_clear(filter_.get());
  return out;
}

void Resampler::Free::operator()(::soxr* filter) const {
  soxr_delete(filter);
}

Resampler::Resampler(std::unique_ptr<::soxr, Free> filter, int from_hz, int to_hz)
    : filter_(std::move(filter)), from_hz_(from_hz), to_hz_(to_hz) {}

Result<Pcm> resample(const Pcm& clip, int to_hz) {
  auto resampler = Resampler::create(clip.sample_rate_hz, to_hz);
  if (!resampler) return resampler.error();
  Pcm out{.samples = resampler->process(clip.samples), .sample_rate_hz = to_hz};
  const auto rest = resampler->flush();
  out.samples.insert(out.samples.end(), rest.begin(), rest.end());
  return out;
}

}  // namespace earshot
