// Servers of language models as they tell of themselves, and the lines that make Earshot use one. Pure.
//
// What a server says is hostile: its lines are pasted into a shell and a file, so models whose names hold anything
// but letters, digits and ._:/@+- are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earshot::ctl {

enum class ModelServerKind { kOllama, kOpenAi };

// Where one is asked: Ollama's /api/tags, or /v1/models of LM Studio (1234), llama.cpp (8080), vLLM (8000).
struct ModelPort {
  std::uint16_t port = 0;
  ModelServerKind kind{};
};
std::vector<ModelPort> usual_model_ports();
std::string_view models_path(ModelServerKind kind);

struct ModelServer {
  ModelServerKind kind{};
  std::string address;              // "http://127.0.0.1:11434"
  std::vector<std::string> models;  // at most kMaxModels; those that only embed stand behind the others
  bool needs_key = false;           // it lists nothing without one
};
inline constexpr std::size_t kMaxModels = 100;

// nullopt: the answer is not that of such a server.
std::optional<ModelServer> read_model_server(ModelServerKind kind, std::string address, int status,
                                             std::string_view body);

// For a shell.
// REQUIRES: a model, or needs_key.
std::string environment_line(const ModelServer& server);
// For worker.yaml: `llm:` in one line.
std::string yaml_line(const ModelServer& server);

}  // namespace earshot::ctl
