#include "worker/providers/vad/vad_factory.h"

#include <utility>

#include "common/log/log.h"
#include "worker/providers/vad/silero_model.h"
#include "worker/providers/vad/silero_vad.h"

namespace earshot::worker {

namespace {

std::unique_ptr<VadProvider> best_local(std::unique_ptr<VadProvider> embedded, int detectors,
                                        const std::string& models_dir) {
  spdlog::logger& logger = log::logger("vad");
  if (models_dir.empty()) {
    logger.info(
        "voice detection by WebRTC and energy reason=\"no models folder is configured (models_dir)\"");
    return embedded;
  }
  auto silero = SileroModel::load(models_dir);
  if (!silero) {
    logger.warn("voice detection by WebRTC and energy, which takes many noises for speech reason=\"{}\"",
                silero.error().message);
    return embedded;
  }
  logger.info("voice detection by Silero conversations={}", detectors);
  return make_silero_vad(std::move(*silero), detectors, std::move(embedded));
}

}  // namespace

VadSettings read_vad(ConfigSection stage) {
  VadSettings settings;
  stage.read("webrtc_mode", settings.local.webrtc_mode, {0, 3});
  stage.read("energy_margin_db", settings.local.energy_margin_db, 0, 40);
  stage.read("detectors", settings.detectors, {1, 10'000});
  stage.read("selected", settings.selected);
  ConfigSection providers = stage.section("providers");
  for (const std::string& name : providers.children()) {
    if (name == "local") providers.problem(name, "is the name of the embedded engine; choose another one");
    ConfigSection section = providers.section(name);
    std::string type = "sherpa_onnx";
    section.read_choice("type", type, {"sherpa_onnx"});
    SherpaVadSettings read = read_sherpa_vad(section);
    if (name == settings.selected) settings.chosen = std::move(read);
  }
  if (settings.selected != "local" && !settings.chosen) {
    stage.problem("selected",
                  "names '" + settings.selected + "', which is not among the providers of this stage");
  }
  return settings;
}

Result<std::unique_ptr<VadProvider>> make_vad(const VadSettings& settings, const std::string& models_dir) {
  auto local = make_embedded_vad(settings.local);
  if (!local) return local;
  if (!settings.chosen) return best_local(std::move(*local), settings.detectors, models_dir);
  const auto library = sherpa::sherpa_library(models_dir);
  if (!library) return library.error();
  return make_sherpa_vad(*settings.chosen, **library, std::move(*local));
}

}  // namespace earshot::worker
