#include "gateway/ctl/model_server.h"

#include <algorithm>

#include "common/json/json.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kMaxListBytes = 1024 * 1024;
constexpr std::size_t kMaxNameBytes = 200;

bool is_plain_name(std::string_view name) {
  constexpr std::string_view kMarks = "._:/@+-";
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '-' &&
         std::ranges::all_of(name, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

bool only_embeds(const std::string& name) {
  return name.find("embed") != std::string::npos;
}

std::string model_of(const ModelServer& server) {
  return server.models.empty() ? "MODEL" : server.models.front();
}

}  // namespace

std::vector<ModelPort> usual_model_ports() {
  return {{11434, ModelServerKind::kOllama},
          {1234, ModelServerKind::kOpenAi},
          {8080, ModelServerKind::kOpenAi},
          {8000, ModelServerKind::kOpenAi}};
}

std::string_view models_path(ModelServerKind kind) {
  return kind == ModelServerKind::kOllama ? "/api/tags" : "/v1/models";
}

std::optional<ModelServer> read_model_server(ModelServerKind kind, std::string address, int status,
                                             std::string_view body) {
  ModelServer server{.kind = kind, .address = std::move(address), .models = {}};
  const bool ollama = kind == ModelServerKind::kOllama;
  if (status == 401 && !ollama) {
    // Many things answer 401 at port 8080; those that mean models say so in the way of their API.
    const auto refusal = json::parse_object(body, kMaxListBytes);
    server.needs_key = refusal && refusal->contains("error");
    return server.needs_key ? std::optional(server) : std::nullopt;
  }
  if (status != 200) return std::nullopt;
  const auto answer = json::parse_object(body, kMaxListBytes);
  const json::array* models = answer ? json::find_array(*answer, ollama ? "models" : "data") : nullptr;
  if (models == nullptr) return std::nullopt;
  for (const json::value& one : *models) {
    if (!one.is_object() || server.models.size() >= kMaxModels) continue;
    const auto name = json::find_string(one.get_object(), ollama ? "name" : "id");
    if (name && is_plain_name(*name)) server.models.emplace_back(*name);
  }
  std::ranges::stable_partition(server.models, [](const std::string& name) { return !only_embeds(name); });
  return server;
}

std::string environment_line(const ModelServer& server) {
  return "EARSHOT_LLM_URL=" + server.address + "/v1 EARSHOT_LLM_MODEL=" + model_of(server) +
         (server.needs_key ? " EARSHOT_LLM_KEY=..." : "") + " deploy/run.sh";
}

std::string yaml_line(const ModelServer& server) {
  const bool ollama = server.kind == ModelServerKind::kOllama;
  return std::string("llm: { selected: found, providers: { found: { type: ") +
         (ollama ? "ollama" : "openai") + ", base_url: \"" + server.address + (ollama ? "" : "/v1") +
         "\", model_name: \"" + model_of(server) + "\"" +
         (server.needs_key ? ", api_key_env: EARSHOT_LLM_KEY" : "") + " } } }";
}

}  // namespace earshot::ctl
