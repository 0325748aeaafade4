#include "worker/providers/asr/asr_factory.h"

#include <string>
#include <utility>

#include "worker/providers/asr/asr_proxy.h"

namespace earshot::worker {

namespace {

PocketSphinxConfig read_pocketsphinx(ConfigSection& section) {
  PocketSphinxConfig settings;
  section.read("model_dir", settings.model_dir);
  section.read("decoders", settings.decoders, {1, 64});
  section.read("rejection_threshold", settings.rejection_threshold, -1000, 0);
  section.read("max_utterance_ms", settings.max_utterance, {1000, 120'000});
  return settings;
}

using Made = Result<std::unique_ptr<AsrProvider>>;

struct Make {
  const ProviderContext& context;
  Made operator()(const PocketSphinxConfig& s) const { return make_pocketsphinx_asr(s, context.pool); }
  Made operator()(const OpenaiAsrSettings& s) const { return remote(make_openai_asr(s, context)); }
  Made operator()(const FunasrSettings& s) const { return remote(make_funasr(s, context)); }
  Made operator()(const DashscopeAsrSettings& s) const { return remote(make_dashscope_asr(s, context)); }
  Made operator()(const DoubaoAsrSettings& s) const { return remote(make_doubao_asr(s, context)); }
  Made operator()(const DeepgramSettings& s) const { return remote(make_deepgram(s, context)); }
  Made operator()(const SherpaAsrSettings& s) const {
    const auto library = sherpa::sherpa_library(context.models_dir);
    return library ? make_sherpa_asr(s, **library) : Made(library.error());
  }

  // Conversations open their streams on strands of the pool.
  Made remote(Made made) const {
    if (!made) return made;
    return make_asr_proxy(std::move(made).value(), context.io);
  }
};

}  // namespace

AsrSettings read_asr(ConfigSection& section) {
  std::string type = "pocketsphinx";
  section.read_choice("type", type,
                      {"pocketsphinx", "openai", "funasr", "dashscope", "doubao", "deepgram", "sherpa_onnx"});
  if (type == "openai") return read_openai_asr(section);
  if (type == "funasr") return read_funasr(section);
  if (type == "dashscope") return read_dashscope_asr(section);
  if (type == "doubao") return read_doubao_asr(section);
  if (type == "deepgram") return read_deepgram(section);
  if (type == "sherpa_onnx") return read_sherpa_asr(section);
  return read_pocketsphinx(section);
}

Result<std::unique_ptr<AsrProvider>> make_asr(const AsrSettings& settings, const ProviderContext& context) {
  return std::visit(Make{context}, settings);
}

}  // namespace earshot::worker
