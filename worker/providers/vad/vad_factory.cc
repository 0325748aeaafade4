#include "worker/providers/vad/vad_factory.h"

#include <utility>

namespace earshot::worker {

VadSettings read_vad(ConfigSection stage) {
  VadSettings settings;
  stage.read("webrtc_mode", settings.local.webrtc_mode, {0, 3});
  stage.read("energy_margin_db", settings.local.energy_margin_db, 0, 40);
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
  if (!local || !settings.chosen) return local;
  const auto library = sherpa::sherpa_library(models_dir);
  if (!library) return library.error();
  return make_sherpa_vad(*settings.chosen, **library, std::move(*local));
}

}  // namespace earshot::worker
