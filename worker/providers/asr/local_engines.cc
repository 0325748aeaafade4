#include "worker/providers/asr/local_engines.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "common/log/log.h"
#include "worker/providers/asr/local_asr.h"
#include "worker/providers/asr/sherpa_asr.h"

namespace earshot::worker {

namespace {

spdlog::logger& engines_logger() {
  static spdlog::logger& instance = log::logger("asr");
  return instance;
}

// Half of the processors: the other half hears, decodes and speaks.
int readers() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency() / 2));
}

}  // namespace

Result<std::unique_ptr<AsrProvider>> make_moonshine(const std::string& models_dir, int parallel) {
  auto library = sherpa::sherpa_library(models_dir);
  if (!library) return library.error();
  const std::string folder = models_dir + "/moonshine-tiny-en/";
  SherpaAsrSettings settings;
  settings.model.family = &*std::ranges::find(sherpa::asr_families(), "moonshine", &sherpa::Family::name);
  settings.model.files = {{"encoder", folder + "encoder_model.ort"},
                          {"merged_decoder", folder + "decoder_model_merged.ort"},
                          {"tokens", folder + "tokens.txt"}};
  settings.parallel = parallel;
  return make_sherpa_asr(settings, **library);
}

Result<std::unique_ptr<AsrProvider>> make_local_engines(const PocketSphinxConfig& commands,
                                                        const ProviderContext& context) {
  auto grammar = make_pocketsphinx_asr(commands, context.pool);
  if (!grammar) return grammar;
  auto speech = make_moonshine(context.models_dir, readers());
  if (!speech) {
    engines_logger().warn("the local recogniser knows commands only: {}", speech.error().message);
    return grammar;
  }
  engines_logger().info("the local recogniser knows commands and reads free English (Moonshine, {})",
                        context.models_dir);
  return make_local_asr({.commands = std::move(*grammar), .speech = std::move(*speech)},
                        commands.max_utterance);
}

}  // namespace earshot::worker
