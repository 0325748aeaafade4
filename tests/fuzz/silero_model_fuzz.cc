// A file of any bytes in the place of Silero's model is refused, or gives probabilities. With huge weights they may
// be no number, which is no speech.
#include <array>
#include <cstdlib>
#include <string_view>

#include "worker/providers/vad/silero_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = earshot::worker::SileroModel::from_onnx({reinterpret_cast<const char*>(data), size});
  if (!model) return 0;
  earshot::worker::SileroState state;
  const std::array<float, earshot::worker::kSileroWindowSamples> silence{};
  const float probability = (*model)->judge(silence, state);
  if (probability < 0 || probability > 1) std::abort();
  return 0;
}
